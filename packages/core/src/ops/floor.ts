/** Rounding down. */
import type { Tensor } from '../tensor/tensor';
import { rounding } from './elementwise';

/**
 * The largest whole number that is not above x, elementwise. Its gradient is 0.
 *
 * @param x - Any shape; float32, or int32, which is returned as it is.
 * @throws dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.floor(tensor([-1.5, 1.5])).array(); // => [-2, 1]
 * ```
 */
export function floor(x: Tensor): Tensor {
  return rounding('floor', x);
}
