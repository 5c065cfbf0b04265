import { nn, ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, expectDropRate, expectUncorrelated, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { DropPath } from './drop-path';
import { dropPathRates, setDropPathRates } from './drop-path-rates';
import { ShakeDrop } from './shake-drop';
import { stochasticDepth, StochasticDepth } from './stochastic-depth';

const key = random.key(27);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe.each(techniqueBackends)('StochasticDepth on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('by row: a draw a sample, independent', async () => {
    const rows = await values(stochasticDepth(ones([20_000, 2]), { p: 0.2, mode: 'row', key }));
    const kept = rows.filter((_, i) => i % 2 === 0);
    expect(rows.every((v, i) => v === kept[i >> 1])).toBe(true);
    expectDropRate(kept, 0.2);
    expectUncorrelated(kept.slice(1), kept.slice(0, -1));
  });

  test('by batch: one draw for all, another at every step', async () => {
    const layer = new StochasticDepth({ p: 0.3, mode: 'batch' });
    const draws: number[] = [];
    for (let step = 0; step < 2000; step++) {
      const y = await values(layer.forward(ones([3, 2]), training({ key, step })));
      expect(new Set(y).size).toBe(1);
      draws.push(y[0] ?? NaN);
    }
    expectDropRate(draws, 0.3);
    expectUncorrelated(draws.slice(1), draws.slice(0, -1));
  });

  test('as in the paper: unscaled in training, times 1 - p in evaluation', async () => {
    const layer = new StochasticDepth({ p: 0.3, mode: 'row', scaling: 'inference' });
    expect(new Set(await values(layer.forward(ones([1000]), training({ key }))))).toEqual(new Set([0, 1]));
    await expectClose(layer.forward(tensor([10, -5])), [7, -3.5], { rtol: 1e-6 });
  });

  test('p of 0 and 1, a zero-size batch, one sample, non-contiguous input, a schedule', async () => {
    const train = (step = 0) => training({ key, step, totalSteps: 10 });
    const x = tensor([[1, 2, 3], [4, 5, 6]]);
    for (const mode of ['row', 'batch'] as const) {
      expect(new StochasticDepth({ p: 0, mode }).forward(x, train())).toBe(x);
      expect(await values(new StochasticDepth({ p: 1, mode }).forward(x, train()))).toEqual([0, 0, 0, 0, 0, 0]);
      expect(new StochasticDepth({ p: 0.5, mode }).forward(zeros([0, 2]), train()).shape).toEqual([0, 2]);
      expect(new StochasticDepth({ p: 0.5, mode }).forward(ones([1, 2]), train()).shape).toEqual([1, 2]);
      const turned = ops.transpose(x, 0, 1);
      expect(await values(stochasticDepth(turned, { p: 0.5, mode, key }))).toEqual(await values(stochasticDepth(ops.add(turned, 0), { p: 0.5, mode, key })));
    }
    const layer = new StochasticDepth({ p: schedules.linear({ start: 0, end: 1, steps: 10 }), mode: 'row' });
    expectDropRate(await values(layer.forward(ones([10_000]), train(4))), 0.4);
  });
});

describe('rates along the depth', () => {
  const block = (...layers: nn.Module[]) => new nn.Residual(new nn.Sequential(new nn.Linear(4, 4), ...layers));
  const round = (rates: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(rates).map(([path, p]) => [path, typeof p === 'number' ? Number(p.toFixed(12)) : p]));

  test('linspace from 0 to max, over every kind of path layer, in the modules\' order', () => {
    const model = new nn.Sequential(block(new DropPath({ p: 0.9 })), block(new StochasticDepth({ p: 0.9, mode: 'row' })), block(), block(new ShakeDrop({ p: 0.9 })));
    expect(round(setDropPathRates(model, 0.3))).toEqual({ '0.body.1': 0, '1.body.1': 0.15, '3.body.1': 0.3 });
    const layer = model.namedModules().find(([path]) => path === '3.body.1')?.[1] as ShakeDrop;
    expect(layer.p).toBe(0.3);
    expect(layer.traits.drops?.p).toBe(0.3);
    expect(dropPathRates(3, 0.3)).toEqual([0, 0.15, 0.3]);
  });

  test('blocks of several layers share a rate, and count without any too', () => {
    const model = new nn.Sequential(block(new DropPath({ p: 0 }), new DropPath({ p: 0 })), block(), block(new DropPath({ p: 0 })));
    expect(round(setDropPathRates(model, 0.3, { blocks: '*' }))).toEqual({ '0.body.1': 0, '0.body.2': 0, '2.body.1': 0.3 });
    // The paper's rule has no block without risk: p_l = l / L max, l = 1 … L.
    expect(round(setDropPathRates(model, 0.3, { blocks: '*', rule: 'paper' }))).toEqual({ '0.body.1': 0.1, '0.body.2': 0.1, '2.body.1': 0.3 });
  });

  test('of a schedule each layer has its share', () => {
    const model = new nn.Sequential(block(new DropPath({ p: 0 })), block(new DropPath({ p: 0 })), block(new DropPath({ p: 0 })));
    const max = schedules.linear({ start: 0, end: 0.2, steps: 10 });
    expect(setDropPathRates(model, max)).toEqual({ '0.body.1': 0, '1.body.1': schedules.scale({ value: max, factor: 0.5 }), '2.body.1': max });
  });

  test('errors', () => {
    const model = new nn.Sequential(block(new DropPath({ p: 0 })));
    expect(() => setDropPathRates(model, 1.2)).toThrow('setDropPathRates: `max` must be in [0, 1], received 1.2.');
    expect(() => setDropPathRates(new nn.Linear(2, 2), 0.1)).toThrow('setDropPathRates: the model has no DropPath, StochasticDepth or ShakeDrop layer.');
    expect(() => setDropPathRates(model, 0.1, { blocks: 'blocks.*' })).toThrow('setDropPathRates: no module matches "blocks.*"; there are:');
    expect(() => setDropPathRates(model, 0.1, { blocks: '0.body.0' })).toThrow('setDropPathRates: the layer at `0.body.1` is in none of the blocks 0.body.0.');
    expect(() => setDropPathRates(model, 0.1, { rule: 'cosine' as never })).toThrow("`rule` must be one of 'linspace', 'paper', received \"cosine\".");
  });
});

test('errors', async () => {
  await useReference();
  expect(() => new StochasticDepth({ p: 0.5 } as never)).toThrow("StochasticDepth: `mode` must be one of 'batch', 'row', received undefined.");
  expect(() => new StochasticDepth({ p: 2, mode: 'row' })).toThrow('StochasticDepth: `p` must be in [0, 1], received 2.');
  expect(() => stochasticDepth(tensor(1, []), { p: 0.5, mode: 'row', key })).toThrow('stochasticDepth: `x` must be [N, ...], received [].');
});
