/** Comparison: a < b. */
import type { Tensor } from '../tensor/tensor';
import type { Operand } from './convert';
import { comparison } from './elementwise';

/**
 * Whether a < b, elementwise with broadcasting, as bool.
 *
 * @param a - Any shape; or a number.
 * @param b - A shape that broadcasts with a's; or a number.
 * @throws shape: the shapes do not broadcast.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.less(tensor([1, 2, 3]), 2).array(); // => [1, 0, 0]
 * ```
 */
export function less(a: Operand, b: Operand): Tensor {
  return comparison('less', a, b);
}
