import { Trainer, losses, nn, ones, optim, random, schedules, type Tensor, training, useBackend } from '@parsimony/core';
import { expectDropRate } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { applyDropout } from './apply-dropout';
import { Dropout } from './dropout';
import { GaussianDropout } from './gaussian-dropout';
import { Dropout2d } from './spatial-dropout';

beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });
const key = random.key(2);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const net = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Sequential(new nn.Linear(8, 8), new Dropout({ p: 0.1 })), new nn.Linear(8, 2));

describe('applyDropout', () => {
  test('changes rates and adds layers, by the last rule that matches; state and paths stay', () => {
    const model = net();
    const before = model.parameterShapes();
    const rise = schedules.linear({ start: 0, end: 0.3 });
    expect(applyDropout(model, [{ match: '*', p: 0.2 }, { match: '0', p: rise }, { match: '3', p: 0 }, { match: '3.1', p: 0.7 }, { match: '4', p: 0 }])).toEqual([
      { path: '0.dropout', match: '0', change: 'added' }, { path: '1.dropout', match: '*', change: 'added' }, { path: '2', match: '*', change: 'changed' },
      { path: '3.dropout', match: '3', change: 'added' }, { path: '3.1', match: '3.1', change: 'changed' }, { path: '4.dropout', match: '4', change: 'added' },
    ]);
    const rates = Object.fromEntries(model.namedModules().flatMap(([path, { traits }]) => (traits?.drops ? [[path, traits.drops.p]] : [])));
    expect(rates).toEqual({ '0.dropout': rise, '1.dropout': 0.2, '2': 0.2, '3.1': 0.7, '3.dropout': 0, '4.dropout': 0 });
    expect(model.parameterShapes()).toEqual(before);
    expect(Object.keys(model.init(key).stateDict())).toEqual(Object.keys(net().init(key).stateDict()));
  });

  test('what is added drops in training, by a key of its own, and does nothing in evaluation', async () => {
    const model = new nn.Sequential(new nn.Identity(), new nn.Identity());
    applyDropout(model, [{ match: '0', p: 0.3 }, { match: '1', layer: (path) => (path === '1' ? new GaussianDropout({ p: 0.2 }) : new Dropout()) }]);
    model.init(key);
    const x = ones([20_000]);
    expect(await values(model.forward(x))).toEqual(await values(x));
    expectDropRate(await values(model.forward(x, training({ key }))), 0.3);
  });

  test('a second call goes on from the first', () => {
    const model = net();
    applyDropout(model, [{ match: '0', p: 0.2 }, { match: '1', layer: () => new Dropout2d({ p: 0.4 }) }]);
    expect(applyDropout(model, [{ match: '0', p: 0.3 }, { match: '1', p: 0.1 }])).toEqual([{ path: '0.dropout', match: '0', change: 'changed' }, { path: '1.dropout', match: '1', change: 'changed' }]);
    expect(applyDropout(model, [{ match: '**.dropout', p: 0 }]).map(({ path }) => path)).toEqual(['0.dropout', '1.dropout']);
    expect(model.namedModules().map(([path]) => path)).toEqual(['', '0', '0.dropout', '1', '1.dropout', '2', '3', '3.0', '3.1', '4']);
  });

  test("core's layers with dropout inside", () => {
    const block = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
    expect(applyDropout(block, [{ match: '', p: 0.3 }])).toEqual([{ path: '', match: '', change: 'changed' }]);
    expect([block.dropout, block.self_attn.dropout]).toEqual([0.3, 0.3]);
    applyDropout(block, [{ match: '', p: 0.2 }, { match: 'self_attn', p: 0.05 }]);
    expect([block.dropout, block.self_attn.dropout]).toEqual([0.2, 0.05]);
    const deep = new nn.GRU(2, 2, { numLayers: 3 });
    applyDropout(deep, [{ match: '', p: 0.25 }]);
    expect(deep.dropout).toBe(0.25);
  });

  test("a Trainer's plan knows of it", () => {
    const model = net();
    applyDropout(model, [{ match: '4', p: 0.95 }]);
    const { findings } = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 1 });
    expect(findings.map(({ code }) => code).sort()).toEqual(['dropout-at-output', 'high-drop-rate']);
    expect(findings.find(({ code }) => code === 'dropout-at-output')?.message).toContain('`4.dropout` (Dropout)');
  });

  test('errors change nothing', () => {
    const model = new nn.Sequential(new Dropout({ p: 0.5 }), new nn.Linear(2, 2), new GaussianDropout({ p: 0.5 }));
    const refuse = (rules: unknown, message: string): void => {
      expect(() => applyDropout(model, rules as never)).toThrow(message);
      expect(model.namedModules().map(([path, { traits }]) => [path, traits?.drops?.p])).toEqual([['', undefined], ['0', 0.5], ['1', undefined], ['2', 0.5]]);
    };
    const first = { match: '0', p: 0.1 };
    refuse([first, { match: 'layers.*', p: 0.1 }], 'applyDropout: no module matches `layers.*`; there are: `(root)` (Sequential), `0` (Dropout), `1` (Linear), `2` (GaussianDropout).');
    refuse([first, { match: '1', p: 2 }], 'applyDropout: rule 1: `p` must be in [0, 1], received 2.');
    refuse([first, { match: '1', p: 0.1 }, { match: '2', p: 1 }], 'GaussianDropout: `p` must be in [0, 1), received 1.');
    refuse([first, { match: '2', layer: () => new Dropout() }], 'applyDropout: `2` for `2` (GaussianDropout): the layer drops itself; give the rule a `p`.');
    refuse([first, { match: '1', layer: () => 5 }], '`layer` must return a module, received 5.');
    refuse([{ match: '1', layer: 5 }], '`layer` must be a function');
    refuse([{ match: '1', p: '0.5' }], '`p` must be a number or a schedule, received "0.5".');
    refuse([{ match: '1' }], 'rule 0: expected either `p` or `layer`, received neither.');
    refuse([{ match: '1', p: 0.1, layer: () => new Dropout() }], 'received both');
    refuse([{ match: '1', rate: 0.1 }], 'applyDropout: rule 0: unknown option `rate`');
    refuse([{ match: 1, p: 0.1 }], '`match` must be a glob over module paths, received 1.');
    refuse([], 'expected a list of rules');
    refuse({ '1': 0.1 }, 'expected a list of rules');
    expect(() => applyDropout({} as never, [first])).toThrow('the first argument must be a module');
    class Fixed extends nn.Module { override readonly traits = { drops: { unit: 'element', p: 0.1 } } as const; protected compute(x: Tensor): Tensor { return x; } }
    expect(() => applyDropout(new nn.Sequential(new Fixed()), [first])).toThrow('the layer drops at a rate that cannot be set');
    class Own extends nn.Module { dropout = new nn.Identity(); protected compute(x: Tensor): Tensor { return x; } }
    expect(() => applyDropout(new nn.Sequential(new Own()), [first])).toThrow('has a child `dropout` of its own; name that one.');
  });
});
