/** Tensors one after another along an axis. */
import { fail, show } from '../errors';
import { promote } from '../tensor/dtype';
import { checkAxis, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast } from './convert';
import { dispatchOne } from './dispatch';

/**
 * The tensors joined along an axis. PyTorch's `cat`.
 *
 * @param tensors - At least one, of equal shapes but for the axis; types are promoted.
 * @param axis - Default 0.
 * @throws shape: sizes differ along another axis.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.concat([tensor([[1], [2]]), tensor([[3, 4], [5, 6]])], 1).array(); // => [[1, 3, 4], [2, 5, 6]]
 * ```
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) fail('shape', `concat: expected a list of at least one tensor, received ${show(tensors)}.`);
  const list = tensors.map((x: Tensor, i) => asTensor('concat', `tensors[${i}]`, x));
  const first = list[0] as Tensor;
  if (first.rank === 0) fail('shape', 'concat: tensors without axes cannot be joined. Use `ops.stack`.');
  const at = checkAxis('concat', axis, first.rank);
  list.forEach((x, i) => {
    if (x.rank === first.rank && x.shape.every((n, k) => k === at || n === first.shape[k])) return;
    fail('shape', `concat: shapes must agree save along axis ${at}: tensors[0] has ${showShape(first.shape)}, tensors[${i}] has ${showShape(x.shape)}.`);
  });
  const dtype = list.map((x) => x.dtype).reduce(promote);
  const shape = first.shape.map((n, k) => (k === at ? list.reduce((sum, x) => sum + (x.shape[at] ?? 0), 0) : n));
  return dispatchOne('concat', list.map((x) => cast(x, dtype)), shape, dtype, { attrs: { axis: at } });
}
