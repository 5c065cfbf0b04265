/** Powers. */
import { fail } from '../errors';
import { isTensor } from '../tensor/find';
import type { Tensor } from '../tensor/tensor';
import type { Operand } from './convert';
import { floating, unary } from './elementwise';

/**
 * a^b, elementwise with broadcasting; NaN where a is negative and b not whole. 0^0 is 1.
 *
 * The gradient in a at 0^0, and in b where a is 0 and b is not negative, is 0.
 *
 * @param a - Any shape; or a number. At least one of the two is float32, or a fraction.
 * @param b - A shape that broadcasts with a's; or a number, which is the cheaper.
 * @throws shape: the shapes do not broadcast; dtype: both are whole, since the result might not be.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.pow(tensor([1, 4, 9]), 0.5).array(); // => [1, 2, 3]
 * await ops.pow(2, tensor([0, 1, 3])).array(); // => [1, 2, 8]
 * ```
 */
export function pow(a: Operand, b: Operand): Tensor {
  const whole = (x: Operand): boolean => (isTensor(x) ? x.dtype !== 'float32' : Number.isInteger(x));
  if (whole(a) && whole(b)) fail('dtype', 'pow: a whole number to the power of a whole number is not supported. Convert one with `ops.cast(x, \'float32\')`.');
  if (typeof b !== 'number' || !isTensor(a)) return floating('pow', a, b);
  return b === 2 ? unary('square', a) : unary('powScalar', a, [b]);
}
