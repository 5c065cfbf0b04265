/** Piecewise linear logistic function. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * min(max(x / 6 + 1/2, 0), 1), elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.hardSigmoid(tensor([-4, 0, 1])).array(); // => [0, 0.5, 0.666667]
 * ```
 */
export function hardSigmoid(x: Tensor): Tensor {
  return unary('hardSigmoid', x);
}
