/** Exponential. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * e^x, elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.exp(tensor([0, 1])).array(); // => [1, 2.718282]
 * ```
 */
export function exp(x: Tensor): Tensor {
  return unary('exp', x);
}
