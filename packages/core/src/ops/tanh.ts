/** Hyperbolic tangent. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * tanh x = (e^x - e^-x) / (e^x + e^-x), elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.tanh(tensor([0, 1])).array(); // => [0, 0.761594]
 * ```
 */
export function tanh(x: Tensor): Tensor {
  return unary('tanh', x);
}
