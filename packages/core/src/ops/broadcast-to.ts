/** Axes of size 1 stretched. */
import { fail } from '../errors';
import { broadcastStrides, checkShape, sameShape, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { reshape } from './reshape';
import { strided } from './strided';

/**
 * x repeated along its axes of size 1, and along new leading axes, until it has the shape. Elementwise ops broadcast by
 * themselves; this is for those that do not. PyTorch's `broadcast_to` and `expand`, but it copies; a tensor that has the
 * shape already is returned itself.
 *
 * @param x - Any shape and type.
 * @param shape - At least as many axes as x has; each size that of x, where that is not 1.
 * @throws shape: x does not broadcast to the shape.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.broadcastTo(tensor([[1], [2]]), [2, 3]).array(); // => [[1, 1, 1], [2, 2, 2]]
 * ```
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  asTensor('broadcastTo', 'x', x);
  const lead = checkShape('broadcastTo', shape).length - x.rank;
  if (lead < 0 || x.shape.some((n, axis) => n !== 1 && n !== shape[lead + axis])) {
    fail('shape', `broadcastTo: a tensor of shape ${showShape(x.shape)} does not broadcast to ${showShape(shape)}. Sizes must agree from the last axis on, or be 1.`);
  }
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(shape) === x.size) return reshape(x, shape);
  return strided('broadcastTo', x, shape, broadcastStrides(x.shape, shape));
}
