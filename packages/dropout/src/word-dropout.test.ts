import { full, ones, random, schedules, type Tensor, tensor, training, useBackend } from '@parsimony/core';
import { expectDropRate, expectUncorrelated, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { wordDropout, WordDropout } from './word-dropout';

const key = random.key(37);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const words = (shape: readonly number[], value: number): Tensor => full(shape, value, { dtype: 'int32' });

describe.each(techniqueBackends)('WordDropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('each token becomes unk at the rate, by itself', async () => {
    const draw = async (step: number): Promise<number[]> => {
      const y = wordDropout(words([200, 100], 7), { p: 0.2, unkIdx: 0, key: random.at(key, { step }) });
      expect([y.dtype, y.shape]).toEqual(['int32', [200, 100]]);
      return values(y);
    };
    const [first, second] = [await draw(0), await draw(1)];
    expect(new Set(first)).toEqual(new Set([0, 7]));
    expectDropRate(first, 0.2);
    for (const lag of [1, 100]) expectUncorrelated(first.slice(lag), first.slice(0, -lag));
    expectUncorrelated(first, second);
  });

  test('excluded tokens stay, without shifting the draws of the others', async () => {
    const x = Array.from({ length: 1000 }, (_, i) => i % 5);
    const call = { p: 0.5, unkIdx: 9, key };
    const [all, some] = [await values(wordDropout(tensor(x, { dtype: 'int32' }), call)), await values(wordDropout(tensor(x, { dtype: 'int32' }), { ...call, exclude: [0, 3] }))];
    expect(some).toEqual(all.map((v, i) => ([0, 3].includes(x[i] ?? -1) ? x[i] : v)));
  });

  test('the identity in evaluation and at 0, all at 1, no tokens, a schedule', async () => {
    const x = words([1, 4], 3);
    const train = (step = 0) => training({ key, step, totalSteps: 10 });
    expect(new WordDropout({ p: 0.5, unkIdx: 1 }).forward(x)).toBe(x);
    expect(new WordDropout({ p: 0, unkIdx: 1 }).forward(x, train())).toBe(x);
    expect(await values(new WordDropout({ p: 1, unkIdx: 1 }).forward(x, train()))).toEqual([1, 1, 1, 1]);
    expect(new WordDropout({ p: 0.5, unkIdx: 1, exclude: [0] }).forward(words([0, 4], 3), train()).shape).toEqual([0, 4]);
    const layer = new WordDropout({ p: schedules.linear({ start: 0, end: 1, steps: 10 }), unkIdx: 0 });
    expectDropRate(await values(layer.forward(words([10_000], 3), train(3))), 0.3);
  });
});

test('errors', async () => {
  await useReference();
  const call = { p: 0.5, unkIdx: 1, key };
  expect(() => wordDropout(ones([2]), call)).toThrow('wordDropout: `x` must be an int32 tensor of token numbers, received float32.');
  expect(() => wordDropout(words([2], 1), { ...call, unkIdx: -1 })).toThrow('wordDropout: `unkIdx` must be a whole number in [0, inf), received -1.');
  expect(() => new WordDropout({ p: 0.5 } as never)).toThrow('WordDropout: `unkIdx` must be a whole number in [0, inf), received undefined.');
  expect(() => new WordDropout({ p: 0.5, unkIdx: 1, exclude: 3 as never })).toThrow('WordDropout: `exclude` must be a list of numbers of tokens, received 3.');
  expect(() => new WordDropout({ p: 2, unkIdx: 1 })).toThrow('WordDropout: `p` must be in [0, 1], received 2.');
});
