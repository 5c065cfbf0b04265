import { ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectDropRate, expectUncorrelated, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { variationalDropout, VariationalDropout } from './variational-dropout';

const key = random.key(31);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe.each(techniqueBackends)('VariationalDropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('one mask for all steps, at the rate, independent of samples, features and training steps', async () => {
    const [l, n, d] = [4, 100, 120];
    const draw = async (step: number): Promise<number[]> => {
      const y = await values(variationalDropout(ones([l, n, d]), { p: 0.3, key: random.at(key, { step }) }));
      for (let t = 1; t < l; t++) expect(y.slice(t * n * d, (t + 1) * n * d)).toEqual(y.slice(0, n * d));
      return y.slice(0, n * d);
    };
    const [first, second] = [await draw(0), await draw(1)];
    expectDropRate(first, 0.3);
    expectUncorrelated(first.slice(1), first.slice(0, -1));
    expectUncorrelated(first.slice(d), first.slice(0, -d));
    expectUncorrelated(first, second);
  });

  test('the same mask for every length and layout, and for one sample', async () => {
    const x = tensor(sample(5 * 3 * 8, { seed: 4 }), [5, 3, 8]);
    const call = { p: 0.5, key };
    const whole = variationalDropout(x, call);
    const short = variationalDropout(ops.slice(x, [{ end: 2 }, {}, {}]), call);
    expect(await values(short)).toEqual(await values(ops.slice(whole, [{ end: 2 }, {}, {}])));
    const first = variationalDropout(ops.transpose(x, 0, 1), { ...call, batchFirst: true });
    expect(await values(ops.transpose(first, 0, 1))).toEqual(await values(whole));
    const one = ops.slice(x, [{}, { end: 1 }, {}]);
    expect(await values(variationalDropout(ops.squeeze(one, 1), call))).toEqual(await values(variationalDropout(one, call)));
    expect(await values(variationalDropout(ops.squeeze(one, 1), { ...call, batchFirst: true }))).toEqual(await values(variationalDropout(one, call)));
  });

  test('p of 0 and 1, nothing, a schedule', async () => {
    const train = (step = 0) => training({ key, step, totalSteps: 10 });
    const x = ones([2, 1, 3]);
    expect(new VariationalDropout({ p: 0 }).forward(x, train())).toBe(x);
    expect(await values(new VariationalDropout({ p: 1 }).forward(x, train()))).toEqual([0, 0, 0, 0, 0, 0]);
    for (const shape of [[0, 2, 3], [2, 0, 3]]) expect(new VariationalDropout().forward(zeros(shape), train()).shape).toEqual(shape);
    const layer = new VariationalDropout({ p: schedules.linear({ start: 0, end: 1, steps: 10 }) });
    expectDropRate(await values(layer.forward(ones([1, 100, 100]), train(4))), 0.4);
  });
});

test('errors', async () => {
  await useReference();
  expect(() => new VariationalDropout({ p: 2 })).toThrow('VariationalDropout: `p` must be in [0, 1], received 2.');
  expect(() => new VariationalDropout({ batchFirst: 1 as never })).toThrow('VariationalDropout: `batchFirst` must be true or false, received 1.');
  expect(() => variationalDropout(ones([2]), { p: 0.5, key })).toThrow('variationalDropout: `x` must be [L, N, D], or [L, D] for one sample, received [2].');
  expect(() => variationalDropout(ones([2]), { p: 0.5, key, batchFirst: true })).toThrow('`x` must be [N, L, D], or [L, D] for one sample, received [2].');
});
