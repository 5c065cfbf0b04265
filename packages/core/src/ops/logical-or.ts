/** Logical or. */
import type { Tensor } from '../tensor/tensor';
import { logical } from './elementwise';

/**
 * a or b, elementwise with broadcasting.
 *
 * @param a - Any shape; bool.
 * @param b - A shape that broadcasts with a's; bool.
 * @throws shape: the shapes do not broadcast; dtype: not bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.logicalOr(tensor([true, true, false]), tensor([true, false, false])).array(); // => [1, 1, 0]
 * ```
 */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return logical('logicalOr', a, b);
}
