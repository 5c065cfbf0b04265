import { arange, grad, ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectDropRate, expectUncorrelated, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { drawSubsets, keptTokens, patchDropout, PatchDropout } from './patch-dropout';

const key = random.key(39);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
/** [n, tokens, 1], each token its number. */
const numbered = (n: number, tokens: number): Tensor => ops.add(zeros([n, tokens, 1]), ops.reshape(ops.cast(arange(tokens), 'float32'), [1, tokens, 1]));

describe.each(techniqueBackends)('PatchDropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('keeps the class token and as many others as it says, each once, with their vectors', async () => {
    const x = tensor(sample(3 * 17 * 2, { seed: 13 }), [3, 17, 2]);
    const y = await patchDropout(x, { p: 0.25, key }).array() as number[][][];
    const given = await x.array() as number[][][];
    y.forEach((tokens, n) => {
      expect(tokens.length).toBe(13);
      expect(tokens[0]).toEqual(given[n]?.[0]);
      expect(new Set(tokens.map(String)).size).toBe(13);
      for (const token of tokens) expect(given[n]?.map(String)).toContain(String(token));
    });
  });

  test('each patch of each sample stays with the same probability, independent of other samples and steps', async () => {
    const [n, l] = [4000, 10];
    const draw = async (step: number): Promise<number[]> => {
      const y = await values(patchDropout(numbered(n, l), { p: 0.3, key: random.at(key, { step }), numPrefixTokens: 0 }));
      const kept = new Array<number>(n * l).fill(0);
      y.forEach((token, i) => { kept[Math.floor(i / 7) * l + token] = 1; });
      return kept;
    };
    const [first, second] = [await draw(0), await draw(1)];
    for (let token = 0; token < l; token++) {
      const of = (all: number[]): number[] => all.filter((_, i) => i % l === token);
      expectDropRate(of(first), 0.3);
      expectUncorrelated(of(first).slice(1), of(first).slice(0, -1));
      expectUncorrelated(of(first), of(second));
    }
  });

  test('ordered, more prefix tokens, none', async () => {
    const ordered = await values(patchDropout(numbered(1, 50), { p: 0.5, key, ordered: true }));
    expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
    expect((await values(patchDropout(numbered(2, 8), { p: 0.5, key, numPrefixTokens: 4 }))).filter((_, i) => i % 6 < 4)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(patchDropout(numbered(2, 8), { p: 0.5, key, numPrefixTokens: 0 }).shape).toEqual([2, 4, 1]);
  });

  test('the gradient is 1 where a token stayed and 0 where not', async () => {
    const x = numbered(2, 9);
    const kept = await patchDropout(x, { p: 0.5, key }).array() as number[][][];
    const g = await grad((v: Tensor) => ops.sum(patchDropout(v, { p: 0.5, key })))(x).array() as number[][][];
    g.forEach((tokens, n) => expect(tokens.flatMap(([v], i) => (v === 1 ? [i] : []))).toEqual((kept[n] ?? []).flat().sort((a, b) => a - b)));
  });

  test('p of 0 and 1, evaluation, no samples, nothing but the prefix, non-contiguous input, a schedule', async () => {
    const train = (step = 0) => training({ key, step, totalSteps: 10 });
    const x = numbered(2, 5);
    expect(new PatchDropout({ p: 0 }).forward(x, train())).toBe(x);
    expect(new PatchDropout().forward(x)).toBe(x);
    expect(new PatchDropout({ p: 1 }).forward(x, train()).shape).toEqual([2, 2, 1]);
    expect(new PatchDropout().forward(zeros([0, 5, 3]), train()).shape).toEqual([0, 3, 3]);
    expect(new PatchDropout().forward(ones([2, 1, 3]), train()).shape).toEqual([2, 1, 3]);
    const turned = ops.transpose(tensor(sample(2 * 9 * 3, { seed: 14 }), [2, 3, 9]), 1, 2);
    expect(await values(patchDropout(turned, { p: 0.5, key }))).toEqual(await values(patchDropout(ops.add(turned, 0), { p: 0.5, key })));
    expect(new PatchDropout({ p: schedules.linear({ start: 0, end: 1, steps: 10 }) }).forward(ones([1, 101, 2]), train(3)).shape).toEqual([1, 71, 2]);
  });
});

test('as many tokens as in timm, save where floating point loses one', () => {
  for (const [p, n, kept] of [[0.25, 196, 147], [0.5, 196, 98], [0.5, 9, 4], [0.9, 100, 10], [0.9, 10, 1], [0.99, 10, 1], [1, 10, 1]] as const) expect(keptTokens(p, n)).toBe(kept);
});

test('subsets are subsets, all as likely', () => {
  const count = new Map<string, number>();
  for (const subset of drawSubsets(12_000, 4, 2, key, false)) count.set(subset.join(), (count.get(subset.join()) ?? 0) + 1);
  // 12 ordered pairs, 1000 of each: standard error sqrt(12000 (1/12)(11/12)) = 30.3.
  expect(count.size).toBe(12);
  for (const n of count.values()) expect(Math.abs(n - 1000)).toBeLessThan(5 * 30.3);
});

test('gradient check', async () => {
  await useReference();
  await gradientCheck((x) => ops.square(patchDropout(x, { p: 0.5, key })), [tensor(sample(2 * 7 * 3, { seed: 15 }), [2, 7, 3])], { order: 2 });
});

test('errors', async () => {
  await useReference();
  expect(() => new PatchDropout({ numPrefixTokens: -1 })).toThrow('PatchDropout: `numPrefixTokens` must be a whole number in [0, inf), received -1.');
  expect(() => new PatchDropout({ ordered: 1 as never })).toThrow('PatchDropout: `ordered` must be true or false, received 1.');
  expect(() => patchDropout(ones([2, 3]), { p: 0.5, key })).toThrow('patchDropout: `x` must be [N, tokens, D], received [2, 3].');
  expect(() => patchDropout(ones([2, 3, 1]), { p: 0.5, key, numPrefixTokens: 4 })).toThrow('patchDropout: `x` has 3 tokens, less than the 4 of `numPrefixTokens`.');
});
