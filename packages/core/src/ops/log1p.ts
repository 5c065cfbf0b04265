/** Logarithm of one and more. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * ln(1 + x), elementwise, exact for small x.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.log1p(tensor([0, 1])).array(); // => [0, 0.693147]
 * ```
 */
export function log1p(x: Tensor): Tensor {
  return unary('log1p', x);
}
