/** Angle of a point. */
import type { Tensor } from '../tensor/tensor';
import type { Operand } from './convert';
import { floating } from './elementwise';

/**
 * The angle of the point (b, a) in (-pi, pi], elementwise with broadcasting: atan(a / b) in the right quadrant.
 *
 * @param a - Any shape; or a number.
 * @param b - A shape that broadcasts with a's; or a number.
 * @throws shape: the shapes do not broadcast.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.atan2(tensor([1, 0]), tensor([1, -1])).array(); // => [0.785398, 3.141593]
 * ```
 */
export function atan2(a: Operand, b: Operand): Tensor {
  return floating('atan2', a, b);
}
