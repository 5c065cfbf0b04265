/** Rectifier. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * max(x, 0), elementwise. Its gradient at 0 is 0.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.relu(tensor([-1, 2])).array(); // => [0, 2]
 * ```
 */
export function relu(x: Tensor): Tensor {
  return unary('relu', x);
}
