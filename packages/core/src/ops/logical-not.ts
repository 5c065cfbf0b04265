/** Logical not. */
import type { Tensor } from '../tensor/tensor';
import { logical } from './elementwise';

/**
 * Not x, elementwise.
 *
 * @param x - Any shape; bool.
 * @throws dtype: not bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.logicalNot(tensor([true, false])).array(); // => [0, 1]
 * ```
 */
export function logicalNot(x: Tensor): Tensor {
  return logical('logicalNot', x);
}
