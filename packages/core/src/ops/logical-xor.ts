/** Logical exclusive or. */
import type { Tensor } from '../tensor/tensor';
import { logical } from './elementwise';

/**
 * One of a and b, not both, elementwise with broadcasting.
 *
 * @param a - Any shape; bool.
 * @param b - A shape that broadcasts with a's; bool.
 * @throws shape: the shapes do not broadcast; dtype: not bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.logicalXor(tensor([true, true, false]), tensor([true, false, false])).array(); // => [0, 1, 0]
 * ```
 */
export function logicalXor(a: Tensor, b: Tensor): Tensor {
  return logical('logicalXor', a, b);
}
