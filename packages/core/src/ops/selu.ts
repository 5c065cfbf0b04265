/** SELU. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * 1.0507 (x where x > 0, else 1.6733 (e^x - 1)), elementwise: the constants keep mean 0 and variance 1 from layer to layer.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @see Klambauer et al., "Self-normalizing neural networks", 2017.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.selu(tensor([-1, 1])).array(); // => [-1.111331, 1.050701]
 * ```
 */
export function selu(x: Tensor): Tensor {
  return unary('selu', x);
}
