/** A tensor cut into pieces. */
import { fail, show } from '../errors';
import { checkAxis } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { slice } from './slice';

/**
 * The pieces of x along an axis. Along the first axis they are views.
 *
 * @param x - Any shape of at least one axis; any type.
 * @param sizes - The size of each piece, the last of which may be smaller; or a list of sizes that add up to the axis's.
 * @param axis - Default 0.
 * @throws shape: sizes that do not add up; option: a size that is not a whole number above 0 (0 may stand in a list).
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const [a, b] = ops.split(tensor([1, 2, 3, 4, 5]), 3);
 * await b?.array(); // => [4, 5]
 * a?.shape; // => [3]
 * ```
 */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0): Tensor[] {
  const at = checkAxis('split', axis, asTensor('split', 'x', x).rank);
  const n = x.shape[at] ?? 0;
  const list = typeof sizes === 'number' ? even(n, sizes) : sizes;
  if (!Array.isArray(list) || list.some((size) => !Number.isInteger(size) || size < 0)) fail('option', `split: \`sizes\` must be whole numbers, received ${show(sizes)}.`);
  const total = list.reduce((sum: number, size: number) => sum + size, 0);
  if (total !== n) fail('shape', `split: \`sizes\` must add up to the ${n} elements of axis ${at}, received ${show(sizes)}, which is ${total}.`);
  let start = 0;
  return list.map((size: number) => {
    const range = { start, end: start + size };
    start += size;
    return slice(x, x.shape.map((_, k) => (k === at ? range : {})));
  });
}

function even(n: number, size: number): number[] {
  if (!Number.isInteger(size) || size < 1) fail('option', `split: \`sizes\` must be a whole number above 0 or a list of sizes, received ${show(size)}.`);
  return Array.from({ length: Math.max(1, Math.ceil(n / size)) }, (_, i) => Math.min(size, n - i * size));
}
