/** Natural logarithm. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * ln x, elementwise; -Infinity at 0, NaN below.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.log(tensor([1, Math.E])).array(); // => [0, 1]
 * ```
 */
export function log(x: Tensor): Tensor {
  return unary('log', x);
}
