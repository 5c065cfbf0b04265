/** Rounding to the nearest. */
import type { Tensor } from '../tensor/tensor';
import { rounding } from './elementwise';

/**
 * The whole number nearest to x, halves to the even one, elementwise. Its gradient is 0.
 *
 * @param x - Any shape; float32, or int32, which is returned as it is.
 * @throws dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.round(tensor([0.5, 1.5, 2.4])).array(); // => [0, 2, 2]
 * ```
 */
export function round(x: Tensor): Tensor {
  return rounding('round', x);
}
