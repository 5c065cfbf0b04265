import { optim, random, tensor, useBackend } from '@parsimony/core';
import { expectClose, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { fitWith, type Values, valuesOf } from './fits';
import { addGradientNoise, clipByGlobalNorm, gradientNoise, gradientNoiseStd } from './index';

const zeros = (n: number) => tensor(new Float32Array(n));

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('of the variance that is asked for, another for each path, whatever else is there', async () => {
    const n = 100_000;
    const key = random.key(5);
    const { a, b } = addGradientNoise({ a: zeros(n), b: zeros(n) }, { key, std: 0.3 });
    const [x, y] = [Array.from(await a.data()), Array.from(await b.data())];
    const mean = (v: number[]): number => v.reduce((s, t) => s + t, 0) / n;
    // Within five standard errors: of a mean sd / sqrt(n), of a variance sd^2 sqrt(2 / n), of a correlation 1 / sqrt(n).
    expect(Math.abs(mean(x))).toBeLessThan(5 * 0.3 / Math.sqrt(n));
    expect(Math.abs(mean(x.map((v) => v * v)) - 0.09)).toBeLessThan(5 * 0.09 * Math.sqrt(2 / n));
    expect(Math.abs(mean(x.map((v, i) => v * (y[i] ?? 0))) / 0.09)).toBeLessThan(5 / Math.sqrt(n));
    expect(Array.from(await addGradientNoise({ b: zeros(n) }, { key, std: 0.3 }).b.data())).toEqual(y);
  });

  test('in a fit: sqrt(eta / (1 + t)^gamma) N(0, 1), and the same numbers on every backend', async () => {
    const { grads: noisy } = await fitWith([gradientNoise({ eta: 0.25, gamma: 0.55 })], { epochs: 2, optimizer: still });
    const { grads: plain } = await fitWith([], { epochs: 2, optimizer: still });
    const base = random.foldIn(random.foldIn(random.key(3), 'plugin/@parsimony/gradients/gradient-noise'), 'noise');
    for (const [step, after] of noisy.entries()) {
      for (const [path, values] of Object.entries(after)) {
        const own = random.normal(random.foldIn(random.at(base, { step }), path), values.length, { std: Math.sqrt(0.25 / (1 + step) ** 0.55) });
        await expectClose(values, values.map((_, i) => (plain[step] as Values)[path]?.[i] as number + (own[i] ?? NaN)), { name: `${path} at step ${step}`, rtol: 1e-5 });
      }
    }
  });
});

/** A rate of 0: every step has the gradients of the first weights. */
const still = optim.sgd({ lr: 0 });

test('comes after clipping, so what is applied may be longer', async () => {
  await useReference();
  const { grads } = await fitWith([gradientNoise({ eta: 1 }), clipByGlobalNorm({ maxNorm: 0.01 })]);
  expect(Math.hypot(...Object.values(grads[0] as Values).flat())).toBeGreaterThan(1);
});

test('the standard deviation', () => {
  expect(gradientNoiseStd(0, { eta: 0.3 })).toBeCloseTo(Math.sqrt(0.3), 12);
  expect(gradientNoiseStd(999, { eta: 1 })).toBeCloseTo(Math.sqrt(1000 ** -0.55), 12);
});

test('errors', async () => {
  await useReference();
  expect(() => gradientNoise({ gamma: -1 })).toThrow('gradientNoise: `gamma` must be in [0, inf), received -1.');
  expect(() => gradientNoise({ sigma: 1 } as never)).toThrow('gradientNoise: unknown option `sigma`.');
  expect(() => gradientNoiseStd(-1)).toThrow('gradientNoiseStd: `t` must be in [0, inf), received -1.');
  expect(() => addGradientNoise({ w: tensor([1]) }, { key: random.key(1), std: -1 })).toThrow('addGradientNoise: `std` must be in [0, inf), received -1.');
  expect(() => addGradientNoise({ w: tensor([1]) }, { std: 1 } as never)).toThrow('must be a random key, received undefined');
  expect(await valuesOf(addGradientNoise({ w: tensor([1]) }, { key: random.key(1), std: 0 }))).toEqual({ w: [1] });
});
