/** Piecewise swish. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * x min(max(x + 3, 0), 6) / 6, elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @see Howard et al., "Searching for MobileNetV3", 2019.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.hardSwish(tensor([-4, 1, 4])).array(); // => [0, 0.666667, 4]
 * ```
 */
export function hardSwish(x: Tensor): Tensor {
  return unary('hardSwish', x);
}
