/** An axis of size 1 put in. */
import { checkAxis } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { reshape } from './reshape';

/**
 * x with a new axis of size 1. Nothing is copied.
 *
 * @param x - Any shape and type.
 * @param axis - Where the new axis stands in the result; -1: behind all others.
 * @throws shape: a place that the result does not have.
 * @example
 * ```ts
 * import { ops, ready, zeros } from '@parsimony/core';
 * await ready();
 * ops.unsqueeze(zeros([2, 3]), 1).shape; // => [2, 1, 3]
 * ```
 */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const at = checkAxis('unsqueeze', axis, asTensor('unsqueeze', 'x', x).rank + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}
