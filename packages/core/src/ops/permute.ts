/** Axes in another order. */
import { fail, show } from '../errors';
import { checkAxis, stridesOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { reshape } from './reshape';
import { strided } from './strided';

/**
 * Axis k of the result is axis axes[k] of x. Copies, unless only axes of size 1 change places.
 *
 * @param x - Any shape and type.
 * @param axes - Each axis of x once; negative ones count from the end.
 * @throws shape: not a permutation of the axes.
 * @example
 * ```ts
 * import { ops, ready, zeros } from '@parsimony/core';
 * await ready();
 * ops.permute(zeros([2, 3, 4]), [2, 0, 1]).shape; // => [4, 2, 3]
 * ```
 */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  asTensor('permute', 'x', x);
  if (!Array.isArray(axes)) fail('shape', `permute: \`axes\` must be a list of axes, received ${show(axes)}.`);
  const order = axes.map((axis: number) => checkAxis('permute', axis, x.rank));
  if (order.length !== x.rank || new Set(order).size !== order.length) {
    fail('shape', `permute: \`axes\` must name each of the ${x.rank} axes once, received ${show(axes)}.`);
  }
  const shape = order.map((axis) => x.shape[axis] ?? 1);
  const moving = order.filter((axis) => x.shape[axis] !== 1);
  if (moving.every((axis, i) => i === 0 || axis > (moving[i - 1] ?? 0))) return reshape(x, shape);
  const strides = stridesOf(x.shape);
  return strided('permute', x, shape, order.map((axis) => strides[axis] ?? 0), 0, { axes: order });
}
