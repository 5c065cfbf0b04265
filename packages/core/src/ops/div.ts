/** Division. */
import type { Tensor } from '../tensor/tensor';
import type { Operand } from './convert';
import { affine, floating, isFloat } from './elementwise';

/**
 * a / b, elementwise with broadcasting. Always float32, as in PyTorch: 1 / 2 is 0.5 for whole numbers too.
 *
 * @param a - Any shape; or a number. 
 * @param b - A shape that broadcasts with a's; or a number.
 * @throws shape: the shapes do not broadcast; dtype: two bools.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.div(tensor([1, 3]), 2).array(); // => [0.5, 1.5]
 * ```
 */
export function div(a: Operand, b: Operand): Tensor {
  // Not for divisors whose reciprocal overflows or loses digits in float32.
  if (typeof b === 'number' && isFloat(a) && Math.abs(b) > 1e-37 && Math.abs(b) < 1e37) return affine(a, 1 / b);
  return floating('div', a, b);
}
