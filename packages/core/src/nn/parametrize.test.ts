/** Parametrized weights: names, first values, what moves and what is given back. */
import { describe, expect, test } from 'vitest';
import { grad, inference, memory, nn, ops, type Params, random, scope, type Tensor, tensor, training } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const key = random.key(4);

/** weight = gain * direction + offset, where the offset is a buffer that training moves by 1. */
function parametrized(layer: nn.Linear): nn.Linear {
  nn.parametrize(layer, 'weight', (raw, ctx, own) => {
    if (ctx.mode === 'train') ctx.writeBuffer('offset', ops.add(own('offset'), 1));
    return ops.add(ops.mul(raw, own('gain')), own('offset'));
  }, { rawName: 'direction', parameters: { gain: [2, 1] }, buffers: { offset: [] }, initial: (raw) => ({ gain: ops.max(raw, { axis: 1, keepdim: true }), offset: tensor(0) }) });
  return layer;
}
const array = (params: Params, name: string): Promise<unknown> => (params[name] as Tensor).array();

onBackends(() => {
  test('names of the state, and first values from the raw weight, before init and after', async () => {
    const before = parametrized(new nn.Linear(3, 2)).init(key);
    const after = parametrized(new nn.Linear(3, 2).init(key));
    for (const layer of [before, after]) {
      expect(Object.keys(layer.stateDict())).toEqual(['bias', 'gain', 'direction', 'offset']);
      expect(Object.keys(layer.parameters())).toEqual(expect.arrayContaining(['bias', 'gain', 'direction']));
      expect(layer.parameterShapes()).toEqual({ bias: [2], gain: [2, 1], direction: [2, 3] });
      expect(layer.initialized).toBe(true);
      expect(await array(layer.stateDict(), 'gain')).toEqual(await ops.max(layer.stateDict()['direction'] as Tensor, { axis: 1, keepdim: true }).array());
    }
    // The weight is drawn as it would be without.
    const plain = new nn.Linear(3, 2).init(key);
    expect(await array(before.stateDict(), 'direction')).toEqual(await array(plain.stateDict(), 'weight'));
  });

  test('the layer sees the function of raw weight, parameter and buffer; gradients reach both parameters', async () => {
    const model = new nn.Sequential(parametrized(new nn.Linear(1, 2, { bias: false })));
    model.loadStateDict({ '0.gain': tensor([[3], [4]]), '0.direction': tensor([[2], [5]]), '0.offset': tensor(1) });
    const x = tensor([[1]]);
    expect(await model.forward(x).array()).toEqual([[7, 21]]);
    const grads = grad((params: Params) => ops.sum(model.forward(x, inference({ weights: { params } }))))(model.parameters());
    expect(await grads['0.gain']?.array()).toEqual([[2], [5]]);
    expect(await grads['0.direction']?.array()).toEqual([[3], [4]]);
  });

  test('a buffer that training writes goes on from use to use and is committed', async () => {
    const layer = parametrized(new nn.Linear(3, 2)).init(key);
    const pass = training({ key });
    layer.forward(tensor([[1, 2, 3]]), pass);
    layer.forward(tensor([[1, 2, 3]]), pass);
    layer.commit(pass);
    expect(await layer.stateDict()['offset']?.item()).toBe(2);
  });

  test('removing bakes the value in, under the first name', async () => {
    const layer = parametrized(new nn.Linear(3, 2)).init(key);
    const effective = await nn.weightOf(layer, 'weight').array();
    nn.removeParametrizations(layer, 'weight');
    expect(Object.keys(layer.stateDict())).toEqual(['bias', 'weight']);
    expect(await array(layer.stateDict(), 'weight')).toEqual(effective);
    const fresh = parametrized(new nn.Linear(3, 2));
    nn.removeParametrizations(fresh, 'weight');
    expect(Object.keys(fresh.init(key).stateDict())).toEqual(['bias', 'weight']);
  });

  test('no tensor is left behind', () => {
    const use = (): void => scope(() => {
      const layer = parametrized(new nn.Linear(3, 2)).init(key);
      nn.removeParametrizations(layer, 'weight');
      for (const value of Object.values(layer.stateDict())) value.dispose();
    });
    use();
    const before = memory();
    use();
    expect(memory()).toEqual(before);
  });

  test('several compose in order; only the first may rename', async () => {
    const layer = new nn.Linear(1, 1, { bias: false });
    nn.parametrize(layer, 'weight', (raw) => ops.add(raw, 1), { rawName: 'original' });
    nn.parametrize(layer, 'weight', (raw) => ops.mul(raw, 2));
    layer.loadStateDict({ original: tensor([[3]]) });
    expect(await nn.weightOf(layer, 'weight').array()).toEqual([[8]]);
    expect(() => nn.parametrize(layer, 'weight', (raw) => raw, { rawName: 'other' })).toThrow('is kept as `original` already');
  });
});

describe('errors', () => {
  test.each([
    ['no such parameter', () => nn.parametrize(new nn.Linear(1, 1), 'wait', (raw) => raw), 'has no parameter `wait`; it has: weight, bias.'],
    ['no such module', () => nn.weightOf(new nn.Linear(1, 1), '0.weight'), 'weightOf: the model has no module at `0`'],
    ['a name that is taken', () => nn.parametrize(new nn.Linear(1, 1), 'weight', (raw) => raw, { rawName: 'bias' }), 'has `bias` already.'],
    ['an unknown option', () => nn.parametrize(new nn.Linear(1, 1), 'weight', (raw) => raw, { raw: 'x' } as never), 'parametrize: unknown option `raw`.'],
    ['no first values', () => nn.parametrize(new nn.Linear(1, 1), 'weight', (raw) => raw, { buffers: { u: [1] } }), '`initial` must be a function, received undefined.'],
    ['a part of another', () => nn.parametrize(parametrized(new nn.Linear(3, 2)), 'direction', (raw) => raw), '`direction` of Linear at `` is part of the parametrization of `weight`.'],
    ['nothing to remove', () => nn.removeParametrizations(new nn.Linear(1, 1), 'weight'), 'is not parametrized; what is: nothing.'],
  ])('%s', (_, run, message) => { expect(run).toThrow(message); });
});
