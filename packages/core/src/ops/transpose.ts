/** Two axes exchanged. */
import { checkAxis } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { permute } from './permute';

/**
 * x with two axes exchanged.
 *
 * @param x - Any shape of at least the axes named; any type.
 * @param axis0 - Default -2.
 * @param axis1 - Default -1: together, the transpose of a matrix.
 * @throws shape: an axis that x does not have.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.transpose(tensor([[1, 2, 3], [4, 5, 6]])).array(); // => [[1, 4], [2, 5], [3, 6]]
 * ```
 */
export function transpose(x: Tensor, axis0 = -2, axis1 = -1): Tensor {
  asTensor('transpose', 'x', x);
  const [a, b] = [checkAxis('transpose', axis0, x.rank), checkAxis('transpose', axis1, x.rank)];
  return permute(x, x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)));
}
