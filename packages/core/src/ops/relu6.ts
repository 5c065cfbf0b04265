/** Rectifier with a ceiling. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * min(max(x, 0), 6), elementwise. Its gradient at 0 and at 6 is 0.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.relu6(tensor([-1, 2, 8])).array(); // => [0, 2, 6]
 * ```
 */
export function relu6(x: Tensor): Tensor {
  return unary('clamp', x, [0, 6], { op: 'hardtanh' });
}
