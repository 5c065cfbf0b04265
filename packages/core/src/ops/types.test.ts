/** What becomes of whole numbers and truth values, on both executors. */
import { describe, expect, test } from 'vitest';
import { onBackends } from '../../../../tooling/reference/check/backends';
import { ops, type Tensor, tensor } from '../index';

type Case = readonly [name: string, run: () => Tensor, dtype: string, values: unknown];

const whole = (...data: number[]): Tensor => tensor(data, { dtype: 'int32' });
const truth = (...data: boolean[]): Tensor => tensor(data);
const real = (...data: number[]): Tensor => tensor(data);

const cases: readonly Case[] = [
  ['int32 and int32', () => ops.add(whole(1, 2), whole(3, 4)), 'int32', [4, 6]],
  ['int32 and float32', () => ops.mul(whole(1, 2), real(0.5)), 'float32', [0.5, 1]],
  ['int32 and a whole number', () => ops.sub(10, whole(1, 2)), 'int32', [9, 8]],
  ['int32 and a fraction', () => ops.add(whole(1, 2), 0.5), 'float32', [1.5, 2.5]],
  ['int32 and a number too large for it', () => ops.mul(whole(1, 2), 4e9), 'float32', [4e9, 8e9]],
  ['bool and a whole number', () => ops.add(truth(true, false), 1), 'int32', [2, 1]],
  ['bool and float32', () => ops.mul(truth(true, false), real(2, 3)), 'float32', [2, 0]],
  ['a quotient of int32', () => ops.div(whole(7, -7), whole(2)), 'float32', [3.5, -3.5]],
  ['a quotient of int32 by a number', () => ops.div(whole(7, -7), 2), 'float32', [3.5, -3.5]],
  ['a quotient by a tiny number', () => ops.div(real(1e-38), 1e-38), 'float32', [1]],
  ['a remainder of int32 has the divisor\'s sign', () => ops.remainder(whole(7, -7, 7, -7, 6, 0), whole(3, 3, -3, -3, 3, 3)), 'int32', [1, 2, -2, -1, 0, 0]],
  ['a remainder of float32 likewise', () => ops.remainder(real(7.5, -7.5), 2), 'float32', [1.5, 0.5]],
  ['the square of int32', () => ops.square(whole(-3)), 'int32', [9]],
  ['a function of int32', () => ops.sqrt(whole(4, 9)), 'float32', [2, 3]],
  ['int32 to a fraction', () => ops.pow(whole(4, 9), 0.5), 'float32', [2, 3]],
  ['rounding int32', () => ops.floor(whole(4)), 'int32', [4]],
  ['rounding takes halves to even', () => ops.round(real(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)), 'float32', [-2, -2, -0, 0, 2, 2]],
  ['clamping int32', () => ops.clamp(whole(-5, 0, 5), { min: -1, max: 2 }), 'int32', [-1, 0, 2]],
  ['clamping int32 by a fraction', () => ops.clamp(whole(-5, 5), { max: 2.5 }), 'float32', [-5, 2.5]],
  ['comparing bools', () => ops.equal(truth(true, false), truth(true, true)), 'bool', [1, 0]],
  ['comparing int32 with a fraction', () => ops.less(whole(1, 2), 1.5), 'bool', [1, 0]],
  ['choosing bools', () => ops.where(truth(true, false), truth(false, false), truth(true, true)), 'bool', [0, 1]],
  ['choosing numbers', () => ops.where(truth(true, false), 1, 2), 'float32', [1, 2]],
  ['choosing between int32 and a number', () => ops.where(truth(true, false), whole(7, 8), 0), 'int32', [7, 0]],
  ['a test of int32', () => ops.isFinite(whole(1)), 'bool', [1]],
  ['the sum of bools', () => ops.sum(truth(true, true, false)), 'int32', 2],
  ['the sum of int32', () => ops.sum(whole(1, 2)), 'int32', 3],
  ['the greatest int32', () => ops.max(whole(1, 5, 2)), 'int32', 5],
  ['the product of nothing', () => ops.prod(tensor([])), 'float32', 1],
  ['the sum of nothing', () => ops.sum(tensor([[], []]), { axis: 1 }), 'float32', [0, 0]],
  ['the mean of nothing', () => ops.mean(tensor([])), 'float32', NaN],
  ['the variance of one', () => ops.variance(real(3)), 'float32', NaN],
  ['any and all of nothing', () => ops.stack([ops.any(tensor([])), ops.all(tensor([]))]), 'bool', [0, 1]],
  ['any and all of numbers', () => ops.stack([ops.any(real(0, -2)), ops.all(real(0, -2))]), 'bool', [1, 0]],
  ['running sums of bools', () => ops.cumsum(truth(true, false, true), 0), 'int32', [1, 1, 2]],
  ['joining types', () => ops.concat([truth(true), whole(2), real(0.5)]), 'float32', [1, 2, 0.5]],
  ['the lower triangle of bools', () => ops.tril(tensor([[true, true], [true, true]])), 'bool', [[1, 0], [1, 1]]],
  ['the upper triangle of int32', () => ops.triu(tensor([[1, 2], [3, 4]], { dtype: 'int32' }), { diagonal: 1 }), 'int32', [[0, 2], [0, 0]]],
  ['padding bools', () => ops.pad(truth(true), [[1, 1]]), 'bool', [0, 1, 0]],
  ['gathering bools', () => ops.gather(truth(true, false), 0, whole(1, 0, 0)), 'bool', [0, 1, 1]],
  ['scattering int32', () => ops.scatter(whole(1, 2, 3), 0, whole(2, 0), 9), 'int32', [9, 2, 9]],
  ['classes as whole numbers', () => ops.oneHot(whole(1), 2, { dtype: 'int32' }), 'int32', [[0, 1]]],
  ['float32 as int32', () => ops.cast(real(-1.9, 1.9, NaN), 'int32'), 'int32', [-1, 1, 0]],
];

/** Whole numbers that float32 cannot hold. */
const wide: readonly Case[] = [
  ['int32 wraps around', () => ops.add(whole(2147483647), 1), 'int32', [-2147483648]],
  ['where the greatest int32 is, beyond float32', () => ops.argmax(whole(16777216, 16777217, 16777216)), 'int32', 1],
];

onBackends(({ wholeNumbers }) => {
  describe('whole numbers past 2^24', () => {
    test.each(wide)('%s', async (_, run, dtype, values) => {
      if (wholeNumbers < 2 ** 31) return expect(run).toThrow('exact to 2^24');
      const y = run();
      expect([y.dtype, await y.array()]).toEqual([dtype, values]);
    });
  });

  describe('types', () => {
    test.each(cases)('%s', async (_, run, dtype, values) => {
      const y = run();
      expect([y.dtype, await y.array()]).toEqual([dtype, values]);
    });
  });
});
