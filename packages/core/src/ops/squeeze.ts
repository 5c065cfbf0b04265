/** Axes of size 1 taken away. */
import { checkAxes } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { reshape } from './reshape';

/**
 * x without its axes of size 1. Nothing is copied.
 *
 * @param x - Any shape and type.
 * @param axis - One axis or several; those of another size stay, as in PyTorch. Default: all.
 * @throws shape: an axis that x does not have, or one twice.
 * @example
 * ```ts
 * import { ops, ready, zeros } from '@parsimony/core';
 * await ready();
 * ops.squeeze(zeros([1, 3, 1])).shape; // => [3]
 * ops.squeeze(zeros([1, 3, 1]), 0).shape; // => [3, 1]
 * ```
 */
export function squeeze(x: Tensor, axis?: number | readonly number[]): Tensor {
  const axes = checkAxes('squeeze', axis, asTensor('squeeze', 'x', x).rank);
  return reshape(x, x.shape.filter((n, k) => n !== 1 || !axes.includes(k)));
}
