/** Copies by strides, and their adjoint: what the ops that move elements are made of. */
import type { Attrs } from '../backends/executor';
import type { Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { dispatchOne } from './dispatch';

/** y[i] = x.flat[offset + sum_k i_k strides_k], for i in `shape`. Recorded under `op`, with `more` for its gradient rule. */
export function strided(op: string, x: Tensor, shape: Shape, strides: readonly number[], offset = 0, more: Attrs = {}): Tensor {
  return dispatchOne('strided', [x], shape, x.dtype, { attrs: { strides, offset, ...more }, op });
}

/** y = 0 of `shape`, then y.flat[offset + sum_k i_k strides_k] += x[i]: the adjoint of `strided`. */
export function stridedAdd(x: Tensor, shape: Shape, strides: readonly number[], offset = 0): Tensor {
  return dispatchOne('stridedAdd', [x], shape, x.dtype, { attrs: { strides, offset } });
}
