import { ops, random, type Tensor, tensor, useBackend } from '@parsimony/core';
import { expectDropRate, expectMoments, expectUncorrelated, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { applyFeatureSwap, applyGaussianJitter, applyTabularMixup, drawFeatureSwap, drawGaussianJitter, drawTabularMixup, type TabularMixupDraw } from './index';

const key = random.key(7);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const json = <T>(x: T): T => JSON.parse(JSON.stringify(x)) as T;

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('jitter: normal noise of std times scale, the same bits from the same draw', async () => {
    const x = tensor(new Float32Array(6000).fill(3), [2000, 3]);
    const draw = drawGaussianJitter(key, 0.5);
    const noisy = await values(applyGaussianJitter(x, draw, [1, 0, 4]));
    const column = (c: number): number[] => noisy.filter((_, i) => i % 3 === c);
    expectMoments(column(0), { mean: 3, variance: 0.25 });
    expectMoments(column(2), { mean: 3, variance: 4 });
    expect(new Set(column(1))).toEqual(new Set([3]));
    expectUncorrelated(column(0), column(2));
    expect(await values(applyGaussianJitter(x, json(draw), [1, 0, 4]))).toEqual(noisy);
    // The host's own draws, to the bit of the product.
    const z = random.normal(key, 6000, { std: 0.5 });
    expect(await values(applyGaussianJitter(tensor([[0, 0, 0]]), draw))).toEqual(Array.from(z.subarray(0, 3)));
    expect(await values(applyGaussianJitter(x, { ...draw, std: 0 }, [2, 2, 2]))).toEqual(await values(x));
  });

  test('swap: values of the same column, from another row', async () => {
    const x = tensor(Float32Array.from({ length: 60 }, (_, i) => i), [20, 3]);
    const draw = drawFeatureSwap(key, 20, { columns: 3, p: 0.5 });
    const swapped = await values(applyFeatureSwap(x, json(draw)));
    expect(swapped).toEqual(draw.sources.map((row, i) => 3 * row + (i % 3)));
    expect(swapped.filter((v, i) => v !== i).length).toBeGreaterThan(10);
  });

  test('mixup: numbers mixed, ranks rounded, categories taken whole', async () => {
    const x = tensor([[0, 0, 5, 1], [4, 3, 6, 2], [8, 8, 7, 3]]);
    const target = { kind: 'index', labels: tensor([0, 1, 1], { dtype: 'int32' }), numClasses: 2 } as const;
    const draw: TabularMixupDraw = { lambda: [0.75, 0.5, 1], permutation: [1, 2, 0], taken: [1, 0, 0, 1, 0, 0] };
    const mixed = applyTabularMixup(x, target, json(draw), ['numeric', 'ordinal', 'nominal', 'nominal']);
    expect(await mixed.table.array()).toEqual([[1, 1, 6, 1], [6, 6, 6, 3], [8, 8, 7, 3]]);
    if (mixed.target.kind === 'soft') expect(await mixed.target.probs.array()).toEqual([[0.75, 0.25], [0, 1], [0, 1]]);
    const numeric = applyTabularMixup(x, target, { lambda: 0.5, permutation: [1, 0, 2], taken: [] }, 4);
    expect(await numeric.table.array()).toEqual([[2, 1.5, 5.5, 1.5], [2, 1.5, 5.5, 1.5], [8, 8, 7, 3]]);
  });
});

describe('draws', () => {
  test('swap: each value with probability p, sources uniform over the other rows', () => {
    const [rows, columns] = [500, 20];
    const { sources } = drawFeatureSwap(key, rows, { columns, p: 0.15 });
    const swapped = sources.map((row, i) => (row === Math.floor(i / columns) ? 1 : 0));
    expectDropRate(swapped, 0.15);
    expectUncorrelated(swapped.slice(1), swapped.slice(0, -1));
    // Offsets to the source are uniform over 1 … 499: a discrete uniform's kurtosis is 1.8 to within 1e-5.
    const offsets = sources.flatMap((row, i) => { const own = Math.floor(i / columns); return row === own ? [] : [(row - own + rows) % rows]; });
    expectMoments(offsets, { mean: 250, variance: (499 ** 2 - 1) / 12, kurtosis: 1.8 });
    expect(drawFeatureSwap(key, 1, { columns: 3, p: 1 }).sources).toEqual([0, 0, 0]);
    expect(drawFeatureSwap(key, 2, { columns: 1, p: 0 }).sources).toEqual([0, 1]);
    expect(drawFeatureSwap(key, 0, { columns: 2 }).sources).toEqual([]);
  });

  test('swap: groups go together', () => {
    const { sources } = drawFeatureSwap(key, 200, { columns: 5, p: 0.5, groups: [[0, 3], [1, 2]] });
    const row = (i: number): number[] => sources.slice(5 * i, 5 * i + 5);
    for (let i = 0; i < 200; i++) expect([row(i)[0], row(i)[1]]).toEqual([row(i)[3], row(i)[2]]);
    expect(Array.from({ length: 200 }, (_, i) => row(i)).some((r) => r[0] !== r[1] && r[1] !== r[4])).toBe(true);
  });

  test('mixup: categories are the partner\'s with probability 1 - lambda', () => {
    const kept: number[] = [];
    for (let step = 0; step < 40; step++) {
      const { lambda, taken } = drawTabularMixup(random.at(key, { step }), 50, { alpha: 1, mode: 'element', columns: ['nominal', 'numeric', 'nominal'] });
      // Lambda is uniform at alpha 1, so the mean of those near 0.3 is 0.3.
      (lambda as readonly number[]).forEach((own, i) => { if (Math.abs(own - 0.3) < 0.05) kept.push(1 - (taken[2 * i] ?? 0), 1 - (taken[2 * i + 1] ?? 0)); });
    }
    // Not kept, 1 - lambda.
    expectDropRate(kept, 0.7);
  });
});

test('errors', async () => {
  await useReference();
  const x = tensor(sample(6), [3, 2]);
  const target = { kind: 'value', values: tensor([1, 2, 3]) } as const;
  expect(() => drawGaussianJitter(key, -1)).toThrow('drawGaussianJitter: `std` must be in [0, inf), received -1.');
  expect(() => applyGaussianJitter(tensor([1]), drawGaussianJitter(key, 1))).toThrow('applyGaussianJitter: inputs must be a table [N, D], received [1].');
  expect(() => applyGaussianJitter(ops.cast(x, 'int32'), drawGaussianJitter(key, 1))).toThrow('inputs must be float32, received int32.');
  expect(() => applyGaussianJitter(x, drawGaussianJitter(key, 1), [1])).not.toThrow();
  expect(() => applyGaussianJitter(x, drawGaussianJitter(key, 1), [2])).toThrow('`scales` must have one for each of 2 columns, received 1.');
  expect(() => applyGaussianJitter(x, drawGaussianJitter(key, 1), [2, -1])).toThrow('`scales[1]` must be in [0, inf), received -1.');
  expect(() => applyGaussianJitter(x, { key: [1], std: 1 })).toThrow('must be a random key');
  expect(() => drawFeatureSwap(key, 2, { columns: 1e9 })).toThrow('`columns` must be a whole number in [1, 16777216], received 1000000000.');
  expect(() => drawFeatureSwap(key, 2, { columns: 2, p: 2 })).toThrow('`p` must be in [0, 1], received 2.');
  expect(() => drawFeatureSwap(key, 2, { columns: 2, groups: [[0, 2]] })).toThrow('drawFeatureSwap: `groups` names column 2; there are 2.');
  expect(() => drawFeatureSwap(key, 2, { columns: 2, groups: [[0], [0]] })).toThrow('`groups` names column 0 twice.');
  expect(() => drawFeatureSwap(key, 2, { columns: 2, groups: [0] as never })).toThrow('`groups` must be a list of lists of columns, received [0].');
  expect(() => applyFeatureSwap(x, drawFeatureSwap(key, 2, { columns: 2 }))).toThrow('applyFeatureSwap: the draw is for 2 rows of 2 columns, received 3 of 2.');
  expect(() => applyFeatureSwap(x, { columns: 2, sources: [0, 0, 0, 0, 0, 3] })).toThrow('`sources[5]` must be a whole number in [0, 3), received 3.');
  const draw = { lambda: 0.5, permutation: [0, 1, 2], taken: [0, 0, 0] };
  expect(() => applyTabularMixup(x, target, draw, 2)).toThrow('applyTabularMixup: the draw has 3 choices of categories, expected 0 for each of 3 rows.');
  expect(() => applyTabularMixup(x, target, draw, 3)).toThrow('inputs must be a table [N, 3], as `columns` says, received [3, 2].');
  expect(() => applyTabularMixup(x, target, { ...draw, taken: [0, 0, 2] }, ['numeric', 'nominal'])).toThrow('`taken` must be a whole number in [0, 1], received 2.');
  expect(() => drawTabularMixup(key, 2, { alpha: 0.2, columns: 0 })).toThrow('drawTabularMixup: `columns` must be a whole number in [1, 16777216], received 0.');
});
