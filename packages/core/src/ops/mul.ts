/** Multiplication. */
import type { Tensor } from '../tensor/tensor';
import type { Operand } from './convert';
import { affine, arithmetic, isFloat } from './elementwise';

/**
 * a b, elementwise with broadcasting.
 *
 * @param a - Any shape; or a number. Two int32 give int32.
 * @param b - A shape that broadcasts with a's; or a number.
 * @throws shape: the shapes do not broadcast; dtype: two bools.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.mul(tensor([[1], [2]]), tensor([10, 20])).array(); // => [[10, 20], [20, 40]]
 * ```
 */
export function mul(a: Operand, b: Operand): Tensor {
  if (typeof b === 'number' && isFloat(a)) return affine(a, b);
  if (typeof a === 'number' && isFloat(b)) return affine(b, a);
  return arithmetic('mul', a, b);
}
