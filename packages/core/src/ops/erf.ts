/** Error function. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * erf x = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.erf(tensor([0, 1])).array(); // => [0, 0.842701]
 * ```
 */
export function erf(x: Tensor): Tensor {
  return unary('erf', x);
}
