/** Slices added along an axis. */
import { fail } from '../errors';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, expectDType } from './convert';
import { addLines, aroundAxis, checkIndexList, withSize } from './indexing';
import { reshape } from './reshape';

/**
 * x with source[..., j, ...] added to x[..., index[j], ...] along an axis, in the order of j.
 *
 * @param x - Any shape of at least one axis; float32.
 * @param axis - The axis; negative ones count from the end.
 * @param index - [k], int32, each in [0, n) where n is the axis's size. Repeats add up.
 * @param source - x's shape with k along the axis; float32.
 * @throws range: an index outside (told at the latest when data is read); shape; dtype.
 * @example
 * ```ts
 * import { ops, ready, tensor, zeros } from '@parsimony/core';
 * await ready();
 * await ops.indexAdd(zeros([3]), 0, tensor([2, 0, 2], { dtype: 'int32' }), tensor([1, 2, 3])).array(); // => [2, 0, 4]
 * ```
 */
export function indexAdd(x: Tensor, axis: number, index: Tensor, source: Tensor): Tensor {
  const at = checkIndexList('indexAdd', x, axis, index);
  expectDType('indexAdd', 'x', x, 'float32');
  expectDType('indexAdd', 'source', asTensor('indexAdd', 'source', source), 'float32');
  const expected = withSize(x.shape, at, index.size);
  if (!sameShape(source.shape, expected)) fail('shape', `indexAdd: \`source\` must have shape ${showShape(expected)}, received ${showShape(source.shape)}.`);
  return add(x, reshape(addLines(aroundAxis(source, at), index, x.shape[at] ?? 0), x.shape));
}
