/** Gaussian noise, in one pass. */
import { checkNumber } from '../options';
import { checkKey, type RngKey } from '../random/key';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';

/**
 * y_i = x_i + std z_i with z standard normal: the numbers of `random.normal(key, x.size)`, to the bit, on every backend. Where the
 * backend can, they are drawn on the device, several times as fast. std = 0 returns x.
 *
 * @param x - Any shape; float32.
 * @param std - 0 or more.
 * @param key - From `random.key`, or a context's `key()` or `rng()`.
 * @throws option: `std` below 0, or a key that is none; dtype: not float32.
 * @example
 * ```ts
 * import { ops, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const key = random.key(1);
 * const y = await ops.addNormal(zeros([4]), 1, key).data();
 * y.every((v, i) => v === random.normal(key, 4)[i]); // => true
 * ```
 */
export function addNormal(x: Tensor, std: number, key: RngKey): Tensor {
  expectDType('addNormal', 'x', asTensor('addNormal', 'x', x), 'float32');
  checkNumber('addNormal', 'std', std, { min: 0 });
  checkKey('addNormal', key);
  return std === 0 ? x : dispatchOne('addNormal', [x], x.shape, 'float32', { scalars: [std, ...key] });
}
