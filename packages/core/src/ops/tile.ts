/** A tensor laid side by side. */
import { fail, show } from '../errors';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { broadcastTo } from './broadcast-to';
import { asTensor } from './convert';
import { reshape } from './reshape';

/**
 * x repeated a number of times along each axis. PyTorch's `tile`, and its `Tensor.repeat`.
 *
 * @param x - Any shape and type.
 * @param repeats - For each axis from the last; more of them than axes add leading ones.
 * @throws option: a number of repeats that is not whole or is negative.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.tile(tensor([1, 2]), [2, 2]).array(); // => [[1, 2, 1, 2], [1, 2, 1, 2]]
 * ```
 */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  asTensor('tile', 'x', x);
  if (!Array.isArray(repeats) || repeats.some((n) => !Number.isInteger(n) || n < 0)) {
    fail('option', `tile: \`repeats\` must be a list of whole numbers for a tensor of shape ${showShape(x.shape)}, received ${show(repeats)}.`);
  }
  const rank = Math.max(x.rank, repeats.length);
  const size = (axis: number): number => x.shape[axis - rank + x.rank] ?? 1;
  const times = (axis: number): number => (repeats as readonly number[])[axis - rank + repeats.length] ?? 1;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const apart = reshape(x, axes.flatMap((axis) => [1, size(axis)]));
  return reshape(broadcastTo(apart, axes.flatMap((axis) => [times(axis), size(axis)])), axes.map((axis) => times(axis) * size(axis)));
}
