/** SiLU, also called swish. */
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

/**
 * x / (1 + e^-x), elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @see Elfwing et al., "Sigmoid-weighted linear units", 2017.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.silu(tensor([0, 1])).array(); // => [0, 0.731059]
 * ```
 */
export function silu(x: Tensor): Tensor {
  return unary('silu', x);
}
