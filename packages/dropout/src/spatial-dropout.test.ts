import { ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectDropRate, expectUncorrelated, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { dropout1d, Dropout1d, dropout2d, Dropout2d, dropout3d, Dropout3d } from './spatial-dropout';

const key = random.key(21);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const units = { dropout1d: { drop: dropout1d, map: [3] }, dropout2d: { drop: dropout2d, map: [3, 2] }, dropout3d: { drop: dropout3d, map: [2, 1, 3] } };

describe.each(techniqueBackends)('spatial dropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each(Object.entries(units))('%s drops whole channels at the rate, each by itself', async (_, { drop, map }) => {
    const [n, c, s] = [100, 120, map.reduce((a, b) => a * b, 1)];
    const draw = async (step: number): Promise<number[]> => {
      const y = await values(drop(ones([n, c, ...map]), { p: 0.3, key: random.at(key, { step }) }));
      for (let i = 0; i < n * c; i++) expect(new Set(y.slice(i * s, (i + 1) * s)).size).toBe(1);
      return y.filter((__, i) => i % s === 0);
    };
    const [first, second] = [await draw(0), await draw(1)];
    expectDropRate(first, 0.3);
    for (const v of new Set(first)) expect(v === 0 ? 0 : v * 0.7).toBeCloseTo(v === 0 ? 0 : 1, 6);
    // Neighbouring channels, the same channel of neighbouring samples, and the next step.
    expectUncorrelated(first.slice(1), first.slice(0, -1));
    expectUncorrelated(first.slice(c), first.slice(0, -c));
    expectUncorrelated(first, second);
  });

  test('one sample without a batch axis has the mask of a batch of one', async () => {
    const x = tensor(sample(24, { seed: 1 }), [6, 4]);
    expect(await values(dropout1d(x, { p: 0.5, key }))).toEqual(await values(dropout1d(ops.unsqueeze(x, 0), { p: 0.5, key })));
    const y = ops.reshape(x, [6, 2, 1, 2]);
    expect(await values(dropout3d(y, { p: 0.5, key }))).toEqual(await values(dropout3d(ops.unsqueeze(y, 0), { p: 0.5, key })));
  });

  test('p of 0 and 1, a zero-size batch, one sample, non-contiguous input', async () => {
    const train = () => training({ key });
    const x = tensor(sample(60, { seed: 2 }), [1, 3, 5, 4]);
    expect(new Dropout2d({ p: 0 }).forward(x, train())).toBe(x);
    expect(new Set((await values(new Dropout2d({ p: 1 }).forward(x, train()))).map(Math.abs))).toEqual(new Set([0]));
    expect(new Dropout2d().forward(zeros([0, 3, 5, 4]), train()).shape).toEqual([0, 3, 5, 4]);
    const turned = ops.permute(x, [0, 1, 3, 2]);
    expect(await values(dropout2d(turned, { p: 0.5, key }))).toEqual(await values(dropout2d(ops.add(turned, 0), { p: 0.5, key })));
  });

  test('p follows a schedule', async () => {
    const layer = new Dropout1d({ p: schedules.linear({ start: 0, end: 1, steps: 10 }) });
    expectDropRate(await values(layer.forward(ones([100, 100, 1]), training({ key, step: 5, totalSteps: 10 }))), 0.5);
    layer.p = 0.2;
    expectDropRate(await values(layer.forward(ones([100, 100, 1]), training({ key, step: 5, totalSteps: 10 }))), 0.2);
  });
});

test('errors', async () => {
  await useReference();
  const call = { p: 0.5, key };
  expect(() => dropout1d(ones([2]), call)).toThrow('dropout1d: `x` must be [N, C, L], or [C, L] for one sample, received [2].');
  expect(() => dropout2d(ones([2, 2]), call)).toThrow('dropout2d: `x` must be [N, C, H, W], or [N, C, L] as in PyTorch, received [2, 2].');
  expect(() => dropout3d(ones([2, 2, 2]), call)).toThrow('dropout3d: `x` must be [N, C, D, H, W], or [C, D, H, W] for one sample, received [2, 2, 2].');
  expect(() => dropout2d(ones([2, 2, 2]), { ...call, p: -1 })).toThrow('dropout2d: `p` must be in [0, 1], received -1.');
  expect(() => new Dropout3d({ p: 1.5 })).toThrow('Dropout3d: `p` must be in [0, 1], received 1.5.');
  const layer = new Dropout3d();
  expect(() => { layer.p = -0.1; }).toThrow('Dropout3d: `p` must be in [0, 1], received -0.1.');
});
