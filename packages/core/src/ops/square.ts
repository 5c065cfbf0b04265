/** Square. */
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { unary } from './elementwise';
import { mul } from './mul';

/**
 * x^2, elementwise.
 *
 * @param x - Any shape; int32 stays int32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.square(tensor([-3, 2])).array(); // => [9, 4]
 * ```
 */
export function square(x: Tensor): Tensor {
  return asTensor('square', 'x', x).dtype === 'int32' ? mul(x, x) : unary('square', x);
}
