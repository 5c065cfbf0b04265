/** Another shape over the same elements. */
import { fail } from '../errors';
import { checkShape, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { view } from './dispatch';

/**
 * The same elements in row-major order under another shape. Nothing is copied.
 *
 * @param x - Any shape and type.
 * @param shape - The new sizes; one of them may be -1 and follows from the others.
 * @throws shape: the sizes do not hold the elements.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.reshape(tensor([[1, 2, 3], [4, 5, 6]]), [3, -1]).array(); // => [[1, 2], [3, 4], [5, 6]]
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  asTensor('reshape', 'x', x);
  const final = inferred(x, shape);
  if (sizeOf(final) !== x.size) {
    fail('shape', `reshape: shape ${showShape(shape)} holds ${sizeOf(final)} elements, the tensor of shape ${showShape(x.shape)} has ${x.size}. Use -1 for the size that should follow.`);
  }
  return view('reshape', x, final);
}

function inferred(x: Tensor, shape: Shape): Shape {
  const free = Array.isArray(shape) ? shape.indexOf(-1) : -1;
  if (free < 0) return checkShape('reshape', shape);
  const rest = sizeOf(checkShape('reshape', shape.filter((_, axis) => axis !== free)));
  if (rest === 0 || x.size % rest !== 0) {
    fail('shape', `reshape: the -1 in ${showShape(shape)} would have to be ${x.size} / ${rest}: the other sizes do not divide the ${x.size} elements of shape ${showShape(x.shape)}.`);
  }
  return shape.map((n) => (n === -1 ? x.size / rest : n));
}
