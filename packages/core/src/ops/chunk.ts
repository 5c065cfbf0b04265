/** A tensor cut into a number of pieces. */
import { checkNumber } from '../options';
import { checkAxis } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { split } from './split';

/**
 * At most `chunks` pieces of x along an axis, of equal size but for the last. Along the first axis they are views.
 *
 * @param x - Any shape of at least one axis; any type.
 * @param chunks - At least 1. Fewer pieces come back where the size does not give as many, as in PyTorch.
 * @param axis - Default 0.
 * @throws shape: an axis that x does not have; option: chunks is not a whole number above 0.
 * @example
 * ```ts
 * import { ops, ready, zeros } from '@parsimony/core';
 * await ready();
 * ops.chunk(zeros([2, 7]), 3, 1).map((piece) => piece.shape); // => [[2, 3], [2, 3], [2, 1]]
 * ```
 */
export function chunk(x: Tensor, chunks: number, axis = 0): Tensor[] {
  const at = checkAxis('chunk', axis, asTensor('chunk', 'x', x).rank);
  checkNumber('chunk', 'chunks', chunks, { min: 1, integer: true });
  return split(x, Math.max(1, Math.ceil((x.shape[at] ?? 0) / chunks)), at);
}
