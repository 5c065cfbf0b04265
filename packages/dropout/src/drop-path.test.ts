import { ones, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectDropRate, expectMoments, expectUncorrelated, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { DropPath, dropPath } from './drop-path';
import { dropPathRates } from './drop-path-rates';
import { drawMask } from './mask';

const key = random.key(5);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
/** The first column of [N, C]: what became of each sample. */
const column = async (x: Tensor): Promise<number[]> => (await values(x)).filter((_, i) => i % (x.shape[1] ?? 1) === 0);

describe.each(techniqueBackends)('DropPath on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('drops whole samples, at the rate, independently', async () => {
    const y = dropPath(ones([20_000, 3]), { p: 0.2, key });
    const rows = await values(y);
    for (let n = 0; n < 20_000; n++) expect(new Set(rows.slice(3 * n, 3 * n + 3)).size).toBe(1);
    const kept = await column(y);
    expectDropRate(kept, 0.2);
    expectUncorrelated(kept.slice(1), kept.slice(0, -1));
    // m / (1 - p): mean 1, variance p / (1 - p); the fourth moment of a centred Bernoulli gives the kurtosis (1 - 3 p q) / (p q).
    expectMoments(kept, { mean: 1, variance: 0.25, kurtosis: (1 - 3 * 0.16) / 0.16 });
    const other = await column(dropPath(ones([20_000, 3]), { p: 0.2, key: random.at(key, { step: 1 }) }));
    expectUncorrelated(kept, other);
  });

  test('without scaleByKeep survivors are left as they are', async () => {
    const y = await values(dropPath(ones([1000, 1]), { p: 0.3, key, scaleByKeep: false }));
    expect(new Set(y)).toEqual(new Set([0, 1]));
    expectDropRate(y, 0.3);
  });

  test('a mask is exactly ones and zeros', async () => {
    expect(new Set(await values(drawMask([100], 0.3, key)))).toEqual(new Set([0, 1]));
    expect(await values(drawMask([3], 0, key))).toEqual([1, 1, 1]);
    expect(await values(drawMask([3], 1, key))).toEqual([0, 0, 0]);
  });

  test('the identity in evaluation and at p = 0; zeros at p = 1; one sample; none', async () => {
    const x = ones([1, 2]);
    const train = () => training({ key });
    expect(new DropPath({ p: 0.5 }).forward(x)).toBe(x);
    expect(new DropPath({ p: 0 }).forward(x, train())).toBe(x);
    expect(await values(new DropPath({ p: 1 }).forward(x, train()))).toEqual([0, 0]);
    expect(new DropPath({ p: 0.5 }).forward(x, train()).shape).toEqual([1, 2]);
    expect(new DropPath({ p: 0.5 }).forward(zeros([0, 2]), train()).shape).toEqual([0, 2]);
  });

  test('p follows a schedule', async () => {
    const layer = new DropPath({ p: schedules.linear({ start: 0, end: 1, steps: 10 }) });
    expectDropRate(await values(layer.forward(ones([10_000, 1]), training({ key, step: 5, totalSteps: 10 }))), 0.5);
  });
});

test('gradient check', async () => {
  await useReference();
  await gradientCheck((x) => dropPath(x, { p: 0.4, key }), [tensor(sample(24, { seed: 6 }), [4, 2, 3])], { order: 2 });
});

test('rates rise linearly from 0 to the last block', () => {
  expect(dropPathRates(4, 0.3).map((p) => Number(p.toFixed(12)))).toEqual([0, 0.1, 0.2, 0.3]);
  expect(dropPathRates(1, 0.3)).toEqual([0]);
  expect(() => dropPathRates(0, 0.3)).toThrow('dropPathRates: `depth` must be a whole number in [1, inf), received 0.');
  expect(() => dropPathRates(2, 1.3)).toThrow('dropPathRates: `max` must be in [0, 1], received 1.3.');
});

test('errors', async () => {
  await useReference();
  expect(() => new DropPath({ p: 2 })).toThrow('DropPath: `p` must be in [0, 1], received 2.');
  expect(() => new DropPath({} as never)).toThrow('DropPath: `p` must be a number or a schedule, received undefined.');
  expect(() => new DropPath({ p: 0.1, scaleByKep: true } as never)).toThrow('Did you mean `scaleByKeep`?');
  expect(() => new DropPath({ p: 0.1, scaleByKeep: 1 as never })).toThrow('`scaleByKeep` must be true or false, received 1.');
  expect(() => dropPath(tensor(1, []), { p: 0.5, key })).toThrow('dropPath: `x` must have a batch axis, [N, ...], received [].');
});
