/** Sign. */
import type { Tensor } from '../tensor/tensor';
import { numeric } from './elementwise';

/**
 * -1, 0 or 1 by the sign of x, elementwise; NaN stays NaN. Its gradient is 0.
 *
 * @param x - Any shape; float32 or int32, and the result is of the same type.
 * @throws dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.sign(tensor([-3, 0, 2])).array(); // => [-1, 0, 1]
 * ```
 */
export function sign(x: Tensor): Tensor {
  return numeric('sign', x);
}
