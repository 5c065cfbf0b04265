/** Elements picked along an axis. */
import { fail } from '../errors';
import { checkAxis, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { aroundAxis, asIndex, gatherLines } from './indexing';
import { reshape } from './reshape';
import { slice } from './slice';

/**
 * y[i][j][k] = x[i][index[i][j][k]][k], for axis 1 of three: one element picked by each index.
 *
 * @param x - Any shape of at least one axis; any type.
 * @param axis - The axis; negative ones count from the end.
 * @param index - int32, of x's rank, each in [0, n) where n is the axis's size. Along other axes its sizes are at most x's.
 * @throws range: an index outside (told at the latest when data is read); shape; dtype.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const scores = tensor([[1, 2, 3], [4, 5, 6]]);
 * await ops.gather(scores, 1, tensor([[2], [0]], { dtype: 'int32' })).array(); // => [[3], [4]]
 * ```
 */
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  const at = checkAxis('gather', axis, asTensor('gather', 'x', x).rank);
  const sizes = asIndex('gather', index).shape;
  if (index.rank !== x.rank || sizes.some((n, k) => k !== at && n > (x.shape[k] ?? 0))) {
    fail('shape', `gather: \`index\` must have the rank of \`x\`, and sizes of at most its save along axis ${at}: \`x\` has shape ${showShape(x.shape)}, received ${showShape(sizes)}.`);
  }
  const covered = sizes.every((n, k) => k === at || n === x.shape[k]) ? x : slice(x, sizes.map((n, k) => (k === at ? {} : { end: n })));
  return reshape(gatherLines(aroundAxis(covered, at), aroundAxis(index, at)), sizes);
}
