/** Negation. */
import type { Tensor } from '../tensor/tensor';
import { numeric } from './elementwise';

/**
 * -x, elementwise.
 *
 * @param x - Any shape; float32 or int32, and the result is of the same type.
 * @throws dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.neg(tensor([1, -2])).array(); // => [-1, 2]
 * ```
 */
export function neg(x: Tensor): Tensor {
  return numeric('neg', x);
}
