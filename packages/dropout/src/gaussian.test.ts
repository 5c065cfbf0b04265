import { grad, ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, expectMoments, expectUncorrelated, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { gaussianDropout, GaussianDropout } from './gaussian-dropout';
import { gaussianNoise, GaussianNoise } from './gaussian-noise';

const key = random.key(25);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe.each(techniqueBackends)('Gaussian noise on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('the factor of GaussianDropout is N(1, p / (1 - p))', async () => {
    const factors = await values(gaussianDropout(ones([300, 200]), { p: 0.2, key }));
    expectMoments(factors, { mean: 1, variance: 0.25 });
    const x = tensor([2, -3, 0.5]);
    await expectClose(gaussianDropout(x, { p: 0.2, key }), [2, -3, 0.5].map((v, i) => v * (factors[i] ?? NaN)), { rtol: 1e-6 });
    const gradient = await values(grad((v: Tensor) => ops.sum(gaussianDropout(v, { p: 0.2, key })))(x));
    expect(gradient).toEqual(factors.slice(0, 3));
    for (const lag of [1, 200]) expectUncorrelated(factors.slice(lag), factors.slice(0, -lag));
    expectUncorrelated(factors, await values(gaussianDropout(ones([300, 200]), { p: 0.2, key: random.at(key, { step: 1 }) })));
  });

  test('GaussianNoise adds N(0, std^2), and its gradient is 1', async () => {
    const noise = await values(gaussianNoise(zeros([300, 200]), { std: 0.5, key }));
    expectMoments(noise, { mean: 0, variance: 0.25 });
    const x = tensor([2, -3, 0.5]);
    await expectClose(gaussianNoise(x, { std: 0.5, key }), [2, -3, 0.5].map((v, i) => v + (noise[i] ?? NaN)), { rtol: 1e-6 });
    expect(await values(grad((v: Tensor) => ops.sum(gaussianNoise(v, { std: 0.5, key })))(x))).toEqual([1, 1, 1]);
    for (const lag of [1, 200]) expectUncorrelated(noise.slice(lag), noise.slice(0, -lag));
    expectUncorrelated(noise, await values(gaussianNoise(zeros([300, 200]), { std: 0.5, key: random.at(key, { step: 1 }) })));
  });

  test('nothing at 0 and in evaluation; zero-size and non-contiguous input; schedules', async () => {
    const x = tensor([[1, 2, 3], [4, 5, 6]]);
    const train = (step = 0) => training({ key, step, totalSteps: 10 });
    expect(new GaussianDropout({ p: 0 }).forward(x, train())).toBe(x);
    expect(new GaussianNoise({ std: 0 }).forward(x, train())).toBe(x);
    expect(new GaussianDropout().forward(x)).toBe(x);
    expect(new GaussianNoise({ std: 1 }).forward(x)).toBe(x);
    expect(new GaussianDropout().forward(zeros([0, 3]), train()).shape).toEqual([0, 3]);
    expect(new GaussianNoise({ std: 1 }).forward(zeros([0, 3]), train()).shape).toEqual([0, 3]);
    const turned = ops.transpose(x, 0, 1);
    expect(await values(gaussianNoise(turned, { std: 1, key }))).toEqual(await values(gaussianNoise(ops.add(turned, 0), { std: 1, key })));
    const layer = new GaussianNoise({ std: schedules.linear({ start: 0, end: 1, steps: 10 }) });
    expectMoments(await values(layer.forward(zeros([20_000]), train(5))), { mean: 0, variance: 0.25 });
    layer.std = 2;
    expectMoments(await values(layer.forward(zeros([20_000]), train(5))), { mean: 0, variance: 4 });
  });
});

test('errors', async () => {
  await useReference();
  expect(() => new GaussianDropout({ p: 1 })).toThrow('GaussianDropout: `p` must be in [0, 1), received 1.');
  expect(() => gaussianDropout(ones([1]), { p: 1, key })).toThrow('gaussianDropout: `p` must be in [0, 1), received 1.');
  expect(() => new GaussianNoise({ std: -1 })).toThrow('GaussianNoise: `std` must be in [0, inf), received -1.');
  expect(() => new GaussianNoise({} as never)).toThrow('GaussianNoise: `std` must be a number or a schedule, received undefined.');
  expect(() => gaussianNoise(ones([1]), { std: 1, key: 3 as never })).toThrow('`key` must be a random key, received 3.');
});
