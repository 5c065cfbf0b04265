/** The logarithm of softmax along an axis. */
import type { Tensor } from '../tensor/tensor';
import { alongLastAxis } from './rows';

/**
 * logSoftmax(x)_i = x_i - log sum_j exp(x_j) along an axis: exact where softmax itself would round to 0.
 *
 * @param x - Any shape with at least one axis; float32.
 * @param axis - Default -1, the last.
 * @throws shape: the axis is not one of x's.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.logSoftmax(tensor([0, 1000])).array(); // => [-1000, 0]
 * ```
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return alongLastAxis('logSoftmax', x, axis);
}
