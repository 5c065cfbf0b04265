/** Cosine. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * cos x, elementwise; x in radians.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.cos(tensor([0, Math.PI])).array(); // => [1, -1]
 * ```
 */
export function cos(x: Tensor): Tensor {
  return unary('cos', x);
}
