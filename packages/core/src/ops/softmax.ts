/** Softmax along an axis. */
import type { Tensor } from '../tensor/tensor';
import { alongLastAxis } from './rows';

/**
 * softmax(x)_i = exp(x_i) / sum_j exp(x_j) along an axis, computed from x - max(x), so that nothing overflows.
 *
 * @param x - Any shape with at least one axis; float32.
 * @param axis - Default -1, the last.
 * @throws shape: the axis is not one of x's.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.softmax(tensor([[0, Math.log(3)]])).array(); // => [[0.25, 0.75]]
 * ```
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  return alongLastAxis('softmax', x, axis);
}
