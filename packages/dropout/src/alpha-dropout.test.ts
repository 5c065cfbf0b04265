import { ones, ops, random, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, expectDropRate, expectMoments, expectUncorrelated, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { alphaDropout, AlphaDropout, alphaForm } from './alpha-dropout';
import { Dropout } from './dropout';
import { featureAlphaDropout, FeatureAlphaDropout } from './feature-alpha-dropout';

const key = random.key(23);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe.each(techniqueBackends)('alpha dropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  // a = ((1 - p)(1 + p a'^2))^(-1/2), b = -a a' p with a' = -1.7580993408473766: for p = .4, a = .8632826 and b = .6070946.
  test('the formula, by hand', async () => {
    const y = alphaForm(tensor([0.5, -1, 2]), 0.4, (v) => ops.mul(v, tensor([1, 0, 1])));
    const [a, b] = [0.8632826, 0.6070946];
    expect(a).toBeCloseTo((0.6 * (1 + 0.4 * 1.7580993408473766 ** 2)) ** -0.5, 7);
    expect(b).toBeCloseTo(a * 1.7580993408473766 * 0.4, 6);
    await expectClose(y, [a * 0.5 + b, a * -1.7580993 + b, a * 2 + b], { rtol: 1e-6 });
  });

  // For x ~ N(0, 1), y / a is x - a' p where kept and a' (1 - p) where dropped, so the kurtosis of y, whose variance is 1, is
  // a^4 ((1 - p)(3 + 6 (a' p)^2 + (a' p)^4) + p (a' (1 - p))^4).
  test('keeps mean 0 and variance 1 of normal input', async () => {
    const p = 0.3;
    const [limit, a] = [-1.7580993408473766, ((1 - p) * (1 + p * 1.7580993408473766 ** 2)) ** -0.5];
    const kurtosis = a ** 4 * ((1 - p) * (3 + 6 * (limit * p) ** 2 + (limit * p) ** 4) + p * (limit * (1 - p)) ** 4);
    const x = tensor(random.normal(random.key(1), 100_000));
    expectMoments(await values(alphaDropout(x, { p, key })), { mean: 0, variance: 1, kurtosis });
  });

  // One network of ten layers of d units on n samples. A layer's mean over units and samples errs by about sqrt(1 / nd + 1 / d^2): the
  // samples', and that of d random rows of weights on inputs whose own means vary by 1 / sqrt(d); its variance by sqrt(2) of that. With
  // the errors of ten layers taken as independent, and not contracted as SELU does, five standard errors are:
  const [n, d] = [128, 192];
  const tolerance = 5 * Math.sqrt(10 * (1 / (n * d) + 1 / d ** 2));
  const tenLayers = async (layer: AlphaDropout | FeatureAlphaDropout | Dropout): Promise<readonly [number, number]> => {
    const context = training({ key });
    let h: Tensor = tensor(random.normal(random.key(2), n * d), [n, d]);
    for (let l = 0; l < 10; l++) {
      const weight = tensor(random.normal(random.foldIn(random.key(3), `layer ${l}`), d * d, { std: 1 / Math.sqrt(d) }), [d, d]);
      h = layer.forward(ops.selu(ops.linear(h, weight)), context);
    }
    return [await ops.mean(h).item(), await ops.variance(h, { correction: 0 }).item()];
  };
  test.each([['AlphaDropout', new AlphaDropout({ p: 0.1 })], ['FeatureAlphaDropout', new FeatureAlphaDropout({ p: 0.1 })]])('%s keeps mean 0 and variance 1 through ten SELU layers', async (_, layer) => {
    const [mean, variance] = await tenLayers(layer);
    expect(Math.abs(mean)).toBeLessThan(tolerance);
    expect(Math.abs(variance - 1)).toBeLessThan(Math.SQRT2 * tolerance);
  });
  test('which Dropout does not', async () => {
    const [, variance] = await tenLayers(new Dropout({ p: 0.1 }));
    expect(variance - 1).toBeGreaterThan(2 * Math.SQRT2 * tolerance);
  });

  test('features are dropped whole, at the rate, each by itself', async () => {
    const kept = (y: number[]): number[] => y.filter((_, i) => i % 2 === 0).map((v) => (v > 1 ? 1 : 0));
    const draw = async (step: number): Promise<number[]> => values(featureAlphaDropout(ones([100, 120, 2]), { p: 0.3, key: random.at(key, { step }) }));
    const [first, second] = [await draw(0), await draw(1)];
    for (let i = 0; i < first.length; i += 2) expect(first[i]).toBe(first[i + 1]);
    expectDropRate(kept(first), 0.3);
    expectUncorrelated(kept(first).slice(1), kept(first).slice(0, -1));
    expectUncorrelated(kept(first).slice(120), kept(first).slice(0, -120));
    expectUncorrelated(kept(first), kept(second));
  });

  test('p of 0 and 1, a zero-size batch', async () => {
    const x = tensor([[1, -2]]);
    const train = () => training({ key });
    for (const Layer of [AlphaDropout, FeatureAlphaDropout]) {
      expect(new Layer({ p: 0 }).forward(x, train())).toBe(x);
      expect((await values(new Layer({ p: 1 }).forward(x, train()))).map(Math.abs)).toEqual([0, 0]);
      expect(new Layer().forward(zeros([0, 3]), train()).shape).toEqual([0, 3]);
    }
  });
});

test('errors', async () => {
  await useReference();
  expect(() => new AlphaDropout({ p: -1 })).toThrow('AlphaDropout: `p` must be in [0, 1], received -1.');
  expect(() => alphaDropout(ones([2]), { p: 2, key })).toThrow('alphaDropout: `p` must be in [0, 1], received 2.');
  expect(() => featureAlphaDropout(ones([2]), { p: 0.5, key })).toThrow('featureAlphaDropout: `x` must be [N, C, ...], received [2].');
});
