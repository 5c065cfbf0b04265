/** Square root. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * The square root of x, elementwise; NaN below 0.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.sqrt(tensor([4, 2])).array(); // => [2, 1.414214]
 * ```
 */
export function sqrt(x: Tensor): Tensor {
  return unary('sqrt', x);
}
