/** Elementwise maximum. */
import type { Tensor } from '../tensor/tensor';
import type { Operand } from './convert';
import { arithmetic } from './elementwise';

/**
 * The greater of a and b, elementwise with broadcasting; NaN where either is. Where they are equal, each gets half the gradient.
 *
 * @param a - Any shape; or a number.
 * @param b - A shape that broadcasts with a's; or a number.
 * @throws shape: the shapes do not broadcast.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.maximum(tensor([1, 5]), tensor([3, 2])).array(); // => [3, 5]
 * ```
 */
export function maximum(a: Operand, b: Operand): Tensor {
  return arithmetic('maximum', a, b);
}
