/** Rounding towards zero. */
import type { Tensor } from '../tensor/tensor';
import { rounding } from './elementwise';

/**
 * x without its fraction, elementwise. Its gradient is 0.
 *
 * @param x - Any shape; float32, or int32, which is returned as it is.
 * @throws dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.trunc(tensor([-1.5, 1.5])).array(); // => [-1, 1]
 * ```
 */
export function trunc(x: Tensor): Tensor {
  return rounding('trunc', x);
}
