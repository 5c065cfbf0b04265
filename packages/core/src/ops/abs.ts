/** Absolute value. */
import type { Tensor } from '../tensor/tensor';
import { numeric } from './elementwise';

/**
 * |x|, elementwise. Its gradient at 0 is 0.
 *
 * @param x - Any shape; float32 or int32, and the result is of the same type.
 * @throws dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.abs(tensor([-3, 0, 2])).array(); // => [3, 0, 2]
 * ```
 */
export function abs(x: Tensor): Tensor {
  return numeric('abs', x);
}
