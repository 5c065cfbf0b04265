/**
 * Statistical checks of random draws. Every tolerance is `z` standard errors of the statistic under what is expected, so
 * that a right generator fails one seed in 1.7 million at the default z of 5 (two-sided normal tail), and a fixed seed that
 * once passed passes always. The sample must be large enough for the normal approximation: some hundreds.
 */
import { checkNumber, checkOptions } from '@parsimony/core';
import { refuse } from './assertion';

export interface ZOptions {
  /** Standard errors that are allowed. Default 5. */
  readonly z?: number;
}

export interface Moments extends ZOptions {
  readonly mean: number;
  readonly variance: number;
  /** E (x - mean)^4 / variance^2: 3 for the normal distribution (the default), 1.8 for the uniform, which sets the variance's standard error. */
  readonly kurtosis?: number;
}

/**
 * Checks the mean and the variance of independent draws: standard errors sqrt(variance / n) and
 * variance sqrt((kurtosis - 1) / n).
 *
 * @throws an assertion error with the statistic, what was expected, and the distance in standard errors.
 * @example
 * ```ts
 * import { expectMoments, sample } from '@parsimony/testkit';
 * const uniform = sample(10_000, { seed: 3, low: 0, high: 1 });
 * expectMoments(uniform, { mean: 1 / 2, variance: 1 / 12, kurtosis: 1.8 });
 * expectMoments(uniform, { mean: 0.6, variance: 1 / 12, kurtosis: 1.8 }); // throws mean of 10000 draws: expected 0.6
 * ```
 */
export function expectMoments(values: ArrayLike<number>, expected: Moments): void {
  checkOptions('expectMoments', expected, ['mean', 'variance', 'kurtosis', 'z']);
  const { mean, variance, kurtosis = 3, z } = expected;
  checkNumber('expectMoments', 'variance', variance, { min: 0, minExclusive: true });
  const n = countOf('expectMoments', values);
  const found = average(values, (v) => v);
  within(`mean of ${n} draws`, found, mean, Math.sqrt(variance / n), z);
  within(`variance of ${n} draws`, average(values, (v) => (v - mean) ** 2), variance, variance * Math.sqrt((kurtosis - 1) / n), z);
}

/**
 * Checks that each element was 0 with probability `p`, independently: standard error sqrt(p (1 - p) / n). Feed a dropout of
 * ones, whose survivors are never 0.
 *
 * @throws an assertion error with the rate found and its distance in standard errors.
 * @example
 * ```ts
 * import { expectDropRate } from '@parsimony/testkit';
 * const dropped = Float32Array.from({ length: 1000 }, (_, i) => (i % 4 === 0 ? 0 : 4 / 3));
 * expectDropRate(dropped, 0.25);
 * expectDropRate(dropped, 0.5); // throws drop rate of 1000 draws: expected 0.5, received 0.25
 * ```
 */
export function expectDropRate(values: ArrayLike<number>, p: number, options: ZOptions = {}): void {
  checkOptions('expectDropRate', options, ['z']);
  checkNumber('expectDropRate', 'p', p, { min: 0, max: 1 });
  const n = countOf('expectDropRate', values);
  within(`drop rate of ${n} draws`, average(values, (v) => (v === 0 ? 1 : 0)), p, Math.sqrt((p * (1 - p)) / n), options.z);
}

/**
 * Checks that two sets of draws are uncorrelated: Pearson's r has the standard error 1 / sqrt(n) where they are
 * independent. Masks of two calls, of two steps, or of neighbours in one.
 *
 * @throws an assertion error with r and its distance in standard errors.
 * @example
 * ```ts
 * import { expectUncorrelated, sample } from '@parsimony/testkit';
 * expectUncorrelated(sample(1000, { seed: 1 }), sample(1000, { seed: 2 }));
 * expectUncorrelated(sample(1000, { seed: 1 }), sample(1000, { seed: 1 })); // throws correlation of 1000 pairs: expected 0, received 1
 * ```
 */
export function expectUncorrelated(a: ArrayLike<number>, b: ArrayLike<number>, options: ZOptions = {}): void {
  checkOptions('expectUncorrelated', options, ['z']);
  const n = countOf('expectUncorrelated', a);
  if (b.length !== n) refuse(`expectUncorrelated: expected as many of both, received ${n} and ${b.length}.`);
  within(`correlation of ${n} pairs`, correlation(a, b), 0, 1 / Math.sqrt(n), options.z);
}

/**
 * Pearson's correlation coefficient; NaN where one side is constant.
 *
 * @example
 * ```ts
 * import { correlation } from '@parsimony/testkit';
 * correlation([1, 2, 3], [1, 3, 2]); // => 0.5
 * ```
 */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [average(a, (v) => v), average(b, (v) => v)];
  const covariance = average(a, (v, i) => (v - meanA) * ((b[i] ?? NaN) - meanB));
  return covariance / Math.sqrt(average(a, (v) => (v - meanA) ** 2) * average(b, (v) => (v - meanB) ** 2));
}

function within(what: string, found: number, expected: number, standardError: number, z = 5): void {
  checkNumber(what, 'z', z, { min: 0, minExclusive: true });
  const distance = found === expected ? 0 : Math.abs(found - expected) / standardError;
  // `!(<=)`, so that NaN fails; a sample without randomness (p of 0 or 1) has a standard error of 0.
  if (!(distance <= z)) {
    refuse(`${what}: expected ${expected}, received ${round(found)}: ${distance.toFixed(1)} standard errors of ${standardError.toPrecision(3)} away, ${z} allowed.`);
  }
}

const round = (value: number): number => Number(value.toPrecision(6));

function countOf(where: string, values: ArrayLike<number>): number {
  if (values.length === 0) refuse(`${where}: expected draws, received none.`);
  return values.length;
}

function average(values: ArrayLike<number>, of: (value: number, index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i] ?? NaN, i);
  return sum / values.length;
}
