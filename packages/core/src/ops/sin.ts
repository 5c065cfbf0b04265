/** Sine. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * sin x, elementwise; x in radians.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.sin(tensor([0, Math.PI / 2])).array(); // => [0, 1]
 * ```
 */
export function sin(x: Tensor): Tensor {
  return unary('sin', x);
}
