/** Slices picked along an axis. */
import type { Tensor } from '../tensor/tensor';
import { aroundAxis, checkIndexList, selectLines, withSize } from './indexing';
import { reshape } from './reshape';

/**
 * y[..., j, ...] = x[..., index[j], ...]: the slices of x at the indices along an axis.
 *
 * @param x - Any shape of at least one axis; any type.
 * @param axis - The axis; negative ones count from the end.
 * @param index - [k], int32, each in [0, n) where n is the axis's size.
 * @throws range: an index outside (told at the latest when data is read); shape; dtype.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const x = tensor([[1, 2], [3, 4], [5, 6]]);
 * await ops.indexSelect(x, 0, tensor([2, 0], { dtype: 'int32' })).array(); // => [[5, 6], [1, 2]]
 * ```
 */
export function indexSelect(x: Tensor, axis: number, index: Tensor): Tensor {
  const at = checkIndexList('indexSelect', x, axis, index);
  return reshape(selectLines(aroundAxis(x, at), index), withSize(x.shape, at, index.size));
}
