/** Elements put in along an axis. */
import { fail } from '../errors';
import { checkAxis, sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, constantLike, expectDType, type Operand } from './convert';
import { aroundAxis, asIndex, checkElementIndex, scatterLines } from './indexing';
import { reshape } from './reshape';

/**
 * x with y[i][index[i][j][k]][k] = source[i][j][k], for axis 1 of three: one element put in by each index. Of several with one
 * target the last along the axis stays, and it alone has a gradient.
 *
 * @param x - Any shape of at least one axis; any type.
 * @param axis - The axis; negative ones count from the end.
 * @param index - int32, x's shape save along the axis; each in [0, n) where n is the axis's size.
 * @param source - The shape of `index`, the type of x; or a number.
 * @throws range: an index outside (told at the latest when data is read); shape; dtype.
 * @example
 * ```ts
 * import { ops, ready, tensor, zeros } from '@parsimony/core';
 * await ready();
 * await ops.scatter(zeros([2, 3]), 1, tensor([[2], [0]], { dtype: 'int32' }), 1).array(); // => [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export function scatter(x: Tensor, axis: number, index: Tensor, source: Operand): Tensor {
  const at = checkAxis('scatter', axis, asTensor('scatter', 'x', x).rank);
  checkElementIndex('scatter', 'x', x, at, asIndex('scatter', index));
  const values = typeof source === 'number' ? constantLike(x, source, x.dtype, index.shape) : asTensor('scatter', 'source', source);
  expectDType('scatter', 'source', values, x.dtype);
  if (!sameShape(values.shape, index.shape)) fail('shape', `scatter: \`source\` must have the shape ${showShape(index.shape)} of \`index\`, received ${showShape(values.shape)}.`);
  return reshape(scatterLines(aroundAxis(x, at), aroundAxis(index, at), aroundAxis(values, at)), x.shape);
}
