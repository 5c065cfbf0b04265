/** Logarithm of the logistic function. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * ln(1 / (1 + e^-x)), elementwise, without overflow.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.logSigmoid(tensor([0, -100])).array(); // => [-0.693147, -100]
 * ```
 */
export function logSigmoid(x: Tensor): Tensor {
  return unary('logSigmoid', x);
}
