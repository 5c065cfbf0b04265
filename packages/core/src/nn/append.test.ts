import { inference, memory, nn, ones, ops, random, schedules, type Tensor, tensor, training, type ForwardContext, useBackend } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';

/** Adds one in training. */
class Plus extends nn.Module {
  protected compute(x: Tensor, ctx: ForwardContext): Tensor { return ctx.mode === 'train' ? ops.add(x, 1) : x; }
}
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe('append', () => {
  beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });

  test('modules run behind another in order, have its path before theirs, and change no state', async () => {
    const model = new nn.Sequential(new nn.Linear(1, 1), new nn.Identity());
    const before = Object.keys(model.parameterShapes());
    nn.append(model, '0', 'plus', new Plus());
    nn.append(model, '0', 'clip', new nn.ReLU());
    nn.append(model, '', 'last', new Plus());
    expect(model.namedModules().map(([path, module]) => [path, module.path])).toEqual(['', '0', '0.plus', '0.clip', '1', 'last'].map((path) => [path, path]));
    expect(Object.keys(model.parameterShapes())).toEqual(before);
    model.init(random.key(0)).loadStateDict({ '0.weight': tensor([[1]]), '0.bias': tensor([0]) });
    expect(await values(model.forward(tensor([[-3], [2]]), training({ key: random.key(1) })))).toEqual([1, 4]);
    expect(await values(model.forward(tensor([[-3], [2]])))).toEqual([0, 2]);
  });

  test('hooks of activations see the output behind them; nothing is left behind', async () => {
    const model = new nn.Sequential(new nn.Identity(), new nn.Identity());
    nn.append(model, '0', 'plus', new Plus());
    const seen: string[] = [];
    const x = ones([2]);
    const before = memory().tensors;
    const pass = training({ key: random.key(0) });
    pass.onActivation = (path, output) => { seen.push(path); return path === '0' ? ops.mul(output as Tensor, 10) : output; };
    const y = model.forward(x, pass);
    expect(await values(y)).toEqual([20, 20]);
    expect(seen).toEqual(['0.plus', '0', '1', '']);
    y.dispose();
    expect(memory().tensors).toBe(before);
  });

  test('a name given again replaces; errors', async () => {
    const model = new nn.Sequential(new nn.Residual(new nn.Identity()));
    nn.append(model, '0', 'plus', new Plus());
    nn.append(model, '0', 'plus', new nn.ReLU());
    expect(await values(model.forward(tensor([-1]), training({ key: random.key(1) })))).toEqual([0]);
    expect(() => { nn.append(model, '7', 'a', new Plus()); }).toThrow('append: the model has no module at "7"; it has: (root), 0, 0.body, 0.plus.');
    expect(() => { nn.append(model, '0', 'body', new Plus()); }).toThrow('has a child `body` already');
    expect(() => { nn.append(model, '0', 'a.b', new Plus()); }).toThrow('`name` must be a name of letters');
    expect(() => { nn.append(model, '0', 'a', (() => 1) as never); }).toThrow('append: expected a module');
  });
});

describe('sampling in evaluation', () => {
  beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });

  test('only the modules named run as in training', async () => {
    const model = new nn.Sequential(new Plus(), new Plus()).init(random.key(0));
    expect(await values(model.forward(tensor([0]), inference({ sampling: ['1'] })))).toEqual([1]);
    expect(await values(model.forward(tensor([0]), inference({ sampling: [] })))).toEqual([0]);
    expect(() => inference({ sampling: '1' as never })).toThrow('inference: `sampling` must be a list of module paths, received "1".');
  });
});

describe('rates of layers that drop inside can be set', () => {
  test('attention, transformer, recurrent', () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
    const rise = schedules.linear({ start: 0, end: 0.3 });
    layer.dropout = rise;
    expect([layer.traits.drops?.p, layer.self_attn.dropout, layer.self_attn.traits.drops?.p]).toEqual([rise, rise, rise]);
    expect(() => { layer.dropout = 2; }).toThrow('TransformerEncoderLayer: `dropout` must be in [0, 1], received 2.');
    const deep = new nn.LSTM(2, 2, { numLayers: 2 });
    deep.dropout = 0.4;
    expect(deep.traits.drops?.p).toBe(0.4);
    expect(() => { new nn.GRU(2, 2).dropout = 0.4; }).toThrow('GRU: `dropout` acts between layers, and there is only one.');
  });
});
