/** Rounding up. */
import type { Tensor } from '../tensor/tensor';
import { rounding } from './elementwise';

/**
 * The smallest whole number that is not below x, elementwise. Its gradient is 0.
 *
 * @param x - Any shape; float32, or int32, which is returned as it is.
 * @throws dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.ceil(tensor([-1.5, 1.5])).array(); // => [-1, 2]
 * ```
 */
export function ceil(x: Tensor): Tensor {
  return rounding('ceil', x);
}
