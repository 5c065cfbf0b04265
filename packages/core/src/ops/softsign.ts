/** Softsign. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * x / (1 + |x|), elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.softsign(tensor([-1, 3])).array(); // => [-0.5, 0.75]
 * ```
 */
export function softsign(x: Tensor): Tensor {
  return unary('softsign', x);
}
