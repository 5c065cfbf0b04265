/** Logistic function. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * 1 / (1 + e^-x), elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.sigmoid(tensor([0, 2])).array(); // => [0.5, 0.880797]
 * ```
 */
export function sigmoid(x: Tensor): Tensor {
  return unary('sigmoid', x);
}
