/** Order reversed along axes. */
import { checkAxes, stridesOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { strided } from './strided';

/**
 * x with the order along the axes reversed. Copies.
 *
 * @param x - Any shape and type.
 * @param axes - One axis or several; negative ones count from the end.
 * @throws shape: an axis that x does not have, or one twice.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.flip(tensor([[1, 2], [3, 4]]), 1).array(); // => [[2, 1], [4, 3]]
 * ```
 */
export function flip(x: Tensor, axes: number | readonly number[]): Tensor {
  const turned = checkAxes('flip', axes, asTensor('flip', 'x', x).rank);
  const own = stridesOf(x.shape);
  const offset = x.size === 0 ? 0 : turned.reduce((sum, axis) => sum + ((x.shape[axis] ?? 1) - 1) * (own[axis] ?? 0), 0);
  const strides = own.map((stride, axis) => (turned.includes(axis) ? -stride : stride));
  return strided('flip', x, x.shape, strides, offset, { axes: turned });
}
