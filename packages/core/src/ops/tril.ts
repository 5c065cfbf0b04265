/** Lower triangles. */
import type { Tensor } from '../tensor/tensor';
import { type TriangleOptions, triangle } from './triangle';

/**
 * The elements of the last two axes on and below a diagonal; 0 elsewhere.
 *
 * @param x - [..., M, N]; any type.
 * @param options - `diagonal` (default 0, the main one; above 0: further right).
 * @throws shape: fewer than two axes; option: a diagonal that is not a whole number.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.tril(tensor([[1, 2], [3, 4]])).array(); // => [[1, 0], [3, 4]]
 * ```
 */
export function tril(x: Tensor, options: TriangleOptions = {}): Tensor {
  return triangle('tril', x, options);
}
