/** The squared norm of a list of tensors. */
import type { Scalar, Tensor } from '../tensor/tensor';
import { overAll } from './all-finite';

/**
 * The sum of the squares of all elements of all tensors: the square of their global norm.
 *
 * @param tensors - Any shapes; float32; at least one.
 * @throws shape: an empty list.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.sumSquares([tensor([3]), tensor([[4]])]).item(); // => 25
 * ```
 */
export function sumSquares(tensors: readonly Tensor[]): Scalar {
  return overAll('sumSquares', tensors);
}
