import { describe, expect, test } from 'vitest';
import { correlation, expectDropRate, expectMoments, expectUncorrelated } from './moments';
import { sample } from './sample';

const uniform = sample(20_000, { seed: 5, low: 0, high: 1 });

describe('expectMoments', () => {
  const truth = { mean: 1 / 2, variance: 1 / 12, kurtosis: 1.8 };
  test('passes the truth over many seeds', () => {
    for (let seed = 1; seed <= 50; seed++) expectMoments(sample(2000, { seed, low: 0, high: 1 }), truth);
  });
  test('finds a mean that is 6 standard errors off', () => {
    const off = 6 * Math.sqrt(1 / 12 / uniform.length) + 0.5 - uniform.reduce((a, b) => a + b) / uniform.length;
    expect(() => expectMoments(uniform.map((v) => v + off), truth)).toThrow('mean of 20000 draws: expected 0.5');
  });
  test('finds a wrong variance', () => {
    expect(() => expectMoments(uniform.map((v) => 0.5 + 1.03 * (v - 0.5)), truth)).toThrow('variance of 20000 draws');
  });
  test('finds NaN, refuses nothing and unknown options', () => {
    expect(() => expectMoments([NaN, 1], truth)).toThrow('received NaN');
    expect(() => expectMoments([], truth)).toThrow('received none');
    expect(() => expectMoments([1], { ...truth, deviation: 1 } as never)).toThrow('unknown option `deviation`');
  });
});

describe('expectDropRate', () => {
  const dropped = uniform.map((v) => (v < 0.3 ? 0 : 1 / 0.7));
  test('passes the right rate only', () => {
    expectDropRate(dropped, 0.3);
    expect(() => expectDropRate(dropped, 0.35)).toThrow('drop rate of 20000 draws: expected 0.35, received 0.3');
  });
  test('rates of 0 and 1 are exact', () => {
    expectDropRate([1, 1], 0);
    expectDropRate([0, 0], 1);
    expect(() => expectDropRate([...Array(999).fill(1), 0], 0)).toThrow('expected 0');
    expect(() => expectDropRate([1], 1.5)).toThrow('`p` must be in [0, 1], received 1.5.');
  });
});

describe('expectUncorrelated', () => {
  const other = sample(20_000, { seed: 6, low: 0, high: 1 });
  test('passes independent draws, neighbours among them', () => {
    expectUncorrelated(uniform, other);
    expectUncorrelated(uniform.subarray(1), uniform.subarray(0, -1));
  });
  test('finds a weak correlation', () => {
    expect(() => expectUncorrelated(uniform, other.map((v, i) => v + 0.06 * uniform[i]!))).toThrow('correlation of 20000 pairs');
  });
  test('a constant side and unequal counts fail', () => {
    expect(() => expectUncorrelated([1, 1, 1], [1, 2, 3])).toThrow('received NaN');
    expect(() => expectUncorrelated([1], [1, 2])).toThrow('received 1 and 2');
  });
});

test('correlation', () => {
  expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 14);
  expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 14);
});

test('sample is the same always, and fits float32', () => {
  expect([...sample(2, { seed: 9 })]).toEqual([...sample(2, { seed: 9 })]);
  expect(sample(100).every((v) => Math.fround(v) === v && v >= -1 && v < 1)).toBe(true);
});
