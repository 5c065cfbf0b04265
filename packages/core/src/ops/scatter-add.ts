/** Elements added along an axis. */
import { fail } from '../errors';
import { checkAxis, sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, expectDType } from './convert';
import { aroundAxis, asIndex, checkElementIndex, scatterAddLines } from './indexing';
import { reshape } from './reshape';

/**
 * x with source[i][j][k] added to x[i][index[i][j][k]][k], for axis 1 of three, in the order of j.
 *
 * @param x - Any shape of at least one axis; float32.
 * @param axis - The axis; negative ones count from the end.
 * @param index - int32, x's shape save along the axis; each in [0, n) where n is the axis's size.
 * @param source - The shape of `index`; float32.
 * @throws range: an index outside (told at the latest when data is read); shape; dtype.
 * @example
 * ```ts
 * import { ops, ready, tensor, zeros } from '@parsimony/core';
 * await ready();
 * await ops.scatterAdd(zeros([2, 2]), 1, tensor([[1, 1], [0, 1]], { dtype: 'int32' }), tensor([[1, 2], [3, 4]])).array(); // => [[0, 3], [3, 4]]
 * ```
 */
export function scatterAdd(x: Tensor, axis: number, index: Tensor, source: Tensor): Tensor {
  const at = checkAxis('scatterAdd', axis, asTensor('scatterAdd', 'x', x).rank);
  expectDType('scatterAdd', 'x', x, 'float32');
  expectDType('scatterAdd', 'source', asTensor('scatterAdd', 'source', source), 'float32');
  checkElementIndex('scatterAdd', 'x', x, at, asIndex('scatterAdd', index));
  if (!sameShape(source.shape, index.shape)) fail('shape', `scatterAdd: \`source\` must have the shape ${showShape(index.shape)} of \`index\`, received ${showShape(source.shape)}.`);
  const added = scatterAddLines(aroundAxis(source, at), aroundAxis(index, at), x.shape[at] ?? 0);
  return add(x, reshape(added, x.shape));
}
