/** Exponential less one. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * e^x - 1, elementwise, exact for small x.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.expm1(tensor([0, 1])).array(); // => [0, 1.718282]
 * ```
 */
export function expm1(x: Tensor): Tensor {
  return unary('expm1', x);
}
