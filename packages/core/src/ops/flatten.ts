/** Neighbouring axes made one. */
import { fail } from '../errors';
import { checkAxis, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { reshape } from './reshape';

/**
 * x with the axes from startAxis to endAxis made one. Nothing is copied.
 *
 * @param x - Any shape and type; a tensor without axes becomes [1].
 * @param startAxis - Default 0.
 * @param endAxis - Included. Default -1.
 * @throws shape: an axis that x does not have, or an end before the start.
 * @example
 * ```ts
 * import { ops, ready, zeros } from '@parsimony/core';
 * await ready();
 * ops.flatten(zeros([8, 3, 4, 5]), 1).shape; // => [8, 60]
 * ```
 */
export function flatten(x: Tensor, startAxis = 0, endAxis = -1): Tensor {
  if (asTensor('flatten', 'x', x).rank === 0) return reshape(x, [1]);
  const [start, end] = [checkAxis('flatten', startAxis, x.rank), checkAxis('flatten', endAxis, x.rank)];
  if (start > end) fail('shape', `flatten: \`startAxis\` must not be behind \`endAxis\`, received ${startAxis} and ${endAxis} for a tensor of rank ${x.rank}.`);
  return reshape(x, [...x.shape.slice(0, start), sizeOf(x.shape.slice(start, end + 1)), ...x.shape.slice(end + 1)]);
}
