import { eye, keep, nn, ones, ops, random, schedules, type Tensor, tensor, training, useBackend } from '@parsimony/core';
import { expectClose, expectDropRate, expectUncorrelated, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { dropConnect, DropConnect, weightDrop, WeightDrop } from './drop-connect';
import { embeddingDropout, EmbeddingDropout } from './embedding-dropout';

const key = random.key(33);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const fill = (module: nn.Module<never, unknown>, value: number): void => {
  module.loadStateDict(Object.fromEntries(Object.entries(module.stateDict()).map(([path, x]) => [path, ops.add(ops.mul(x, 0), value)])));
};
/** Sees the weight at a path as the layer does. */
function watch(model: nn.Module<never, unknown>, path: string): Tensor[] {
  const seen: Tensor[] = [];
  nn.parametrize(model, path, (weight) => { seen.push(keep(ops.add(weight, 0))); return weight; });
  return seen;
}

describe.each(techniqueBackends)('DropConnect on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('W m / (1 - p) at the rate, another mask each step', async () => {
    const layer = new DropConnect(new nn.Linear(200, 100), { p: 0.3 }).init(key);
    fill(layer, 1);
    // y = I W'^T + 1: the columns of W', and the bias, which is left alone.
    const draw = async (step: number): Promise<number[]> => (await values(layer.forward(eye(200), training({ key, step })))).map((v) => v - 1);
    const [first, second] = [await draw(0), await draw(1)];
    expectDropRate(first.map((v) => (Math.abs(v) < 1e-6 ? 0 : v)), 0.3);
    for (const v of first) if (Math.abs(v) > 1e-6) expect(v).toBeCloseTo(1 / 0.7, 5);
    expectUncorrelated(first, second);
    for (const lag of [1, 100]) expectUncorrelated(first.slice(lag), first.slice(0, -lag));
    expect(new Set(await values(layer.forward(eye(200))))).toEqual(new Set([2]));
  });

  test('a convolution under its mask', async () => {
    const conv = new nn.Conv2d(2, 3, 3);
    const layer = new DropConnect(conv, { p: 0.4 }).init(key);
    const seen = watch(layer, 'layer.weight');
    const x = tensor(sample(2 * 2 * 5 * 4, { seed: 5 }), [2, 2, 5, 4]);
    const y = await values(layer.forward(x, training({ key })));
    const { 'layer.weight': weight, 'layer.bias': bias } = layer.stateDict() as { 'layer.weight': Tensor; 'layer.bias': Tensor };
    const masked = seen[0] as Tensor;
    const [raw, dropped] = [await values(weight), await values(masked)];
    expect(new Set(dropped.map((v, i) => Number((v / (raw[i] ?? NaN)).toFixed(4))))).toEqual(new Set([0, 1.6667]));
    await expectClose(await values(ops.conv2d(x, masked, bias)), y, { rtol: 1e-6 });
  });

  test('of an LSTM the weights from state to state, under one mask for all steps', async () => {
    const lstm = new nn.LSTM(3, 4, { numLayers: 2 });
    const layer = new WeightDrop(lstm, { p: 0.5 }).init(key);
    const seen = [watch(layer, 'layer.weight_hh_l0'), watch(layer, 'layer.weight_hh_l1'), watch(layer, 'layer.weight_ih_l0')];
    const x = tensor(sample(6 * 2 * 3, { seed: 6 }), [6, 2, 3]);
    const y = await values(layer.forward(x, training({ key })).output);
    expect(seen.map((list) => list.length)).toEqual([1, 1, 1]);
    const [first, second, input] = seen.map(([weight]) => weight as Tensor) as [Tensor, Tensor, Tensor];
    expect(await values(first)).toContain(0);
    expect(await values(input)).not.toContain(0);
    // The same network with these weights for good.
    const plain = new nn.LSTM(3, 4, { numLayers: 2 });
    const state = Object.fromEntries(Object.entries(layer.stateDict()).map(([path, value]) => [path.replace('layer.', ''), ops.add(value, 0)]));
    plain.loadStateDict({ ...state, weight_hh_l0: first, weight_hh_l1: second });
    await expectClose(await values(plain.forward(x).output), y, { rtol: 1e-6 });
  });

  test('weightDrop leaves paths and evaluation alone', async () => {
    const model = new nn.Sequential(new nn.Linear(4, 4), new nn.ReLU(), new nn.Linear(4, 2)).init(key);
    const x = tensor(sample(12, { seed: 7 }), [3, 4]);
    const before = await values(model.forward(x));
    expect(weightDrop(model, { p: schedules.linear({ start: 0, end: 1, steps: 10 }), weights: ['0.weight', '2.*ght'] })).toEqual(['0.weight', '2.weight']);
    expect(Object.keys(model.stateDict())).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
    expect(await values(model.forward(x))).toEqual(before);
    expect(await values(model.forward(x, training({ key, step: 0, totalSteps: 10 })))).toEqual(before);
    expect(await values(model.forward(x, training({ key, step: 5, totalSteps: 10 })))).not.toEqual(before);
    // p = 1 leaves biases only.
    const bias = await values(model.stateDict()['2.bias'] as Tensor);
    expect(await values(model.forward(x, training({ key, step: 10, totalSteps: 10 })))).toEqual([...bias, ...bias, ...bias]);
  });

  test('two layers in a model, and one used twice in a pass, draw apart', async () => {
    const shared = new DropConnect(new nn.Linear(30, 30, { bias: false }), { p: 0.5 });
    const second = new DropConnect(new nn.Linear(30, 30, { bias: false }), { p: 0.5 });
    const model = new nn.Sequential(shared, second).init(key);
    fill(model, 1);
    const pass = training({ key });
    const [a, b] = [await values(shared.forward(eye(30), pass)), await values(shared.forward(eye(30), pass))];
    const c = await values(second.forward(eye(30), pass));
    expectUncorrelated(a, b);
    expectUncorrelated(a, c);
    expect(await values(shared.forward(eye(30), training({ key })))).toEqual(a);
  });
});

describe.each(techniqueBackends)('EmbeddingDropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('whole words at the rate, all occurrences together', async () => {
    const layer = new EmbeddingDropout(new nn.Embedding(5000, 2), { p: 0.2 }).init(key);
    fill(layer, 1);
    const index = tensor(Int32Array.from({ length: 10_000 }, (_, i) => i % 5000));
    const draw = async (step: number): Promise<number[]> => {
      const rows = await values(layer.forward(index, training({ key, step })));
      expect(rows.slice(10_000)).toEqual(rows.slice(0, 10_000));
      expect(rows.every((v, i) => v === rows[i & ~1])).toBe(true);
      return rows.slice(0, 10_000).filter((_, i) => i % 2 === 0);
    };
    const [first, second] = [await draw(0), await draw(1)];
    expectDropRate(first, 0.2);
    expect(new Set(first.map((v) => v.toFixed(4)))).toEqual(new Set(['0.0000', '1.2500']));
    expectUncorrelated(first.slice(1), first.slice(0, -1));
    expectUncorrelated(first, second);
    expect(new Set(await values(layer.forward(index)))).toEqual(new Set([1]));
  });

  test('p of 0 and 1, no words', async () => {
    const table = ones([3, 2]);
    expect(embeddingDropout(table, { p: 0, key })).toBe(table);
    expect(await values(embeddingDropout(table, { p: 1, key }))).toEqual([0, 0, 0, 0, 0, 0]);
    const layer = new EmbeddingDropout(new nn.Embedding(4, 3)).init(key);
    expect(layer.forward(tensor(new Int32Array(0), [0, 5]), training({ key })).shape).toEqual([0, 5, 3]);
  });
});

test('errors', async () => {
  await useReference();
  expect(() => new DropConnect(new nn.Linear(2, 2), { p: 1.5 })).toThrow('DropConnect: `p` must be in [0, 1], received 1.5.');
  expect(() => new DropConnect(new nn.ReLU())).toThrow('DropConnect: ReLU has no weights of two axes or more. Name some with `weights`.');
  expect(() => new DropConnect(3 as never)).toThrow('DropConnect: the layer must be a module, received 3.');
  expect(() => new DropConnect(new nn.Linear(2, 2), { weights: 'w' })).toThrow('DropConnect: no parameter matches "w"; there are: weight, bias.');
  expect(() => weightDrop(new nn.Linear(2, 2), { p: 0.5, weights: 3 as never })).toThrow('weightDrop: `weights` must be a glob of parameter paths, or a list of them, received 3.');
  expect(() => weightDrop(new nn.Linear(2, 2), { p: 0.5 } as never)).toThrow('received undefined.');
  expect(() => dropConnect(ones([2]), { p: -1, key })).toThrow('dropConnect: `p` must be in [0, 1], received -1.');
  expect(() => new EmbeddingDropout(new nn.Embedding(2, 2), { p: 2 })).toThrow('EmbeddingDropout: `p` must be in [0, 1], received 2.');
  expect(() => embeddingDropout(ones([2]), { p: 0.5, key })).toThrow('embeddingDropout: `x` must be a table [V, D], received [2].');
});
