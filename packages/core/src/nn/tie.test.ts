/** One parameter in two places: drawn, counted, differentiated, trained, saved once; and taken from state dicts that name both. */
import { beforeAll, describe, expect, test } from 'vitest';
import { arrayDataset, grad, inference, losses, memoryStore, nn, ops, optim, type Params, random, scope, type Tensor, tensor, Trainer, useBackend } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const key = random.key(4);
const tokens = () => tensor([[1, 0], [2, 1]], { dtype: 'int32' });
function tied(): nn.Sequential {
  const model = new nn.Sequential(new nn.Embedding(3, 2), new nn.Tanh(), new nn.Linear(2, 3));
  nn.tie(model, '2.weight', '0.weight');
  return model;
}
const array = (x: Tensor | undefined): Promise<unknown> => (x as Tensor).array();

onBackends(() => {
  test('is there once, and used in both places', async () => {
    const model = tied().init(key);
    expect(Object.keys(model.stateDict())).toEqual(['0.weight', '2.bias']);
    expect(model.parameterShapes()).toEqual({ '0.weight': [3, 2], '2.bias': [3] });
    expect(model.initialized).toBe(true);
    const { '0.weight': w, '2.bias': b } = model.parameters();
    const expected = ops.linear(ops.tanh(ops.embedding(tokens(), w as Tensor)), w as Tensor, b as Tensor);
    expect(await model.forward(tokens()).array()).toEqual(await expected.array());
  });

  test('its gradient is the sum of those of both uses', async () => {
    const model = tied().init(key);
    const plain = new nn.Sequential(new nn.Embedding(3, 2), new nn.Tanh(), new nn.Linear(2, 3)).init(key);
    const { '0.weight': w, '2.bias': b } = model.parameters() as { '0.weight': Tensor; '2.bias': Tensor };
    const gradOf = (net: nn.Sequential, params: Params): Params => grad((p: Params) => ops.sum(ops.square(net.forward(tokens(), inference({ weights: { params: p } })))))(params);
    const once = gradOf(model, { '0.weight': w, '2.bias': b });
    const both = gradOf(plain, { '0.weight': w, '2.weight': ops.mul(w, 1), '2.bias': b });
    const sum = await ops.add(both['0.weight'] as Tensor, both['2.weight'] as Tensor).data();
    const own = await (once['0.weight'] as Tensor).data();
    sum.forEach((v, i) => { expect(own[i]).toBeCloseTo(v, 5); });
    expect(await array(once['2.bias'])).toEqual(await array(both['2.bias']));
  });

  test('a state dict may name either place, or both', async () => {
    const [w, b] = [[[1, 2], [3, 4], [5, 6]], [0, 0, 1]];
    const other = (): Tensor => tensor([[0, 0], [0, 0], [0, 0]]);
    // Where the two differ, PyTorch fills one place after the other, in the model's order: the last counts.
    for (const state of [{ '0.weight': tensor(w) }, { '2.weight': tensor(w) }, { '0.weight': other(), '2.weight': tensor(w) }, { '2.weight': tensor(w), '0.weight': other() }]) {
      const model = tied().loadStateDict({ ...state, '2.bias': tensor(b) });
      expect(await array(model.stateDict()['0.weight'])).toEqual(w);
    }
    expect(() => tied().loadStateDict({ '0.weight': tensor(w), '2.weight': tensor([1]), '2.bias': tensor(b) })).toThrow('`2.weight` must have shape [3, 2], received [1].');
    expect(() => tied().loadStateDict({ '1.weight': tensor(w), '2.bias': tensor(b) })).toThrow('unknown: 1.weight; missing: 0.weight');
  });

  test('a module in two places takes a state dict that names both', async () => {
    const shared = new nn.Linear(2, 2);
    const model = new nn.Sequential(shared, new nn.Tanh(), shared);
    model.loadStateDict({ '0.weight': tensor([[1, 2], [3, 4]]), '0.bias': tensor([5, 6]), '2.weight': tensor([[1, 2], [3, 4]]), '2.bias': tensor([5, 6]) });
    expect(await array(model.stateDict()['0.bias'])).toEqual([5, 6]);
    expect(Object.keys(model.stateDict())).toEqual(['0.weight', '0.bias']);
  });

  test('a parametrization of either path is on both uses', async () => {
    for (const path of ['0.weight', '2.weight']) {
      const model = tied().init(key);
      const remove = nn.parametrize(model, path, (raw) => ops.mul(raw, 0));
      expect(await model.forward(tokens()).array()).toEqual(await ops.broadcastTo(model.stateDict()['2.bias'] as Tensor, [2, 2, 3]).array());
      remove();
      expect(await ops.sum(ops.abs(nn.weightOf(model, '2.weight'))).item()).toBeGreaterThan(0);
    }
  });
});

describe('in a fit', () => {
  beforeAll(async () => { await useBackend('wasm'); });
  const data = () => arrayDataset({ inputs: Float32Array.from({ length: 72 }, (_, i) => ((i * 5) % 7) / 7), shape: [3], labels: Int32Array.from({ length: 24 }, (_, i) => i % 3), numClasses: 3 });
  const build = () => {
    const model = new nn.Sequential(new nn.Linear(3, 3), new nn.Tanh(), new nn.Linear(3, 3, { bias: false }));
    nn.tie(model, '2.weight', '0.weight');
    return new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.adamw({ lr: 0.05, weightDecay: 0.1 }), seed: 3 });
  };

  test('a checkpoint has it once and is gone on from exactly', async () => {
    const whole = build();
    await whole.fit({ train: data(), epochs: 2, batchSize: 6 });
    const store = memoryStore();
    const controller = new AbortController();
    await build().fit({ train: data(), epochs: 2, batchSize: 6, checkpoint: { store }, signal: controller.signal, onProgress: (event) => { if (event.kind === 'step' && event.step === 3) controller.abort(); } });
    const second = build();
    await second.fit({ train: data(), epochs: 2, batchSize: 6, resume: store });
    expect(await array(second.model.stateDict()['0.weight'])).toEqual(await array(whole.model.stateDict()['0.weight']));
    expect(whole.explain()).toContain('Sequential, 12 parameters');
  });

  test('errors', () => {
    const model = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 2), new nn.Linear(2, 3), new nn.Linear(2, 2));
    expect(() => { nn.tie(model, '0.weight', '1.weight'); }).toThrow('`1.weight` must come before `0.weight` in the model.');
    expect(() => { nn.tie(model, '2.weight', '1.weight'); }).toThrow('tie: `2.weight` must have the shape [2, 2] of `1.weight`, received [3, 2].');
    expect(() => { nn.tie(model, '4.weight', '1.weight'); }).toThrow('`path` must be the path of a parameter, received "4.weight"; the model has: 0.weight');
    nn.tie(model, '3.weight', '1.weight');
    expect(() => { nn.tie(model, '3.weight', '0.weight'); }).toThrow('received "3.weight"');
    nn.tie(model, '1.weight', '0.weight');
    model.init(key);
    expect(nn.weightOf(model, '3.weight')).toBe(model.stateDict()['0.weight']);
    nn.parametrize(model, '2.weight', (raw) => raw);
    expect(() => { nn.tie(new nn.Sequential(model.children()[2]?.[1] as nn.Module, new nn.Linear(2, 3)), '0.weight', '1.weight'); }).toThrow('must come before');
    const other = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 2));
    nn.parametrize(other, '1.weight', (raw) => raw);
    expect(() => { nn.tie(other, '1.weight', '0.weight'); }).toThrow('is parametrized');
    const remove = nn.parametrize(other, '0.weight', (raw) => raw, { rawName: 'raw' });
    expect(remove).toThrow('keeps weights of its own');
    scope(() => { other.init(key); });
  });
});
