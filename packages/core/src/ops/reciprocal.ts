/** Reciprocal. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * 1 / x, elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.reciprocal(tensor([4, -0.5])).array(); // => [0.25, -2]
 * ```
 */
export function reciprocal(x: Tensor): Tensor {
  return unary('reciprocal', x);
}
