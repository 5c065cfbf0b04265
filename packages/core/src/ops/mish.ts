/** Mish. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * x tanh(ln(1 + e^x)), elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @see Misra, "Mish: a self regularized non-monotonic activation function", 2019.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.mish(tensor([0, 1])).array(); // => [0, 0.865098]
 * ```
 */
export function mish(x: Tensor): Tensor {
  return unary('mish', x);
}
