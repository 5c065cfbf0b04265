/** Reciprocal of the square root. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * 1 / sqrt(x), elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.rsqrt(tensor([4, 0.25])).array(); // => [0.5, 2]
 * ```
 */
export function rsqrt(x: Tensor): Tensor {
  return unary('rsqrt', x);
}
