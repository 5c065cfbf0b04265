/** Tangent. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * tan x, elementwise; x in radians.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.tan(tensor([0, Math.PI / 4])).array(); // => [0, 1]
 * ```
 */
export function tan(x: Tensor): Tensor {
  return unary('tan', x);
}
