/** Kernels over rows [rows, n], applied along any axis. */
import { checkAxis, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';
import { reshape } from './reshape';
import { transpose } from './transpose';

/** Runs a kernel x [rows, n] -> y [rows, n] along one axis of x. */
export function alongLastAxis(kernel: string, x: Tensor, axis: number): Tensor {
  expectDType(kernel, 'x', asTensor(kernel, 'x', x), 'float32');
  const at = checkAxis(kernel, axis, x.rank);
  const last = x.rank - 1;
  const moved = at === last ? x : transpose(x, at, last);
  const n = moved.shape[last] ?? 1;
  const rows = x.rank === 2 ? moved : reshape(moved, [sizeOf(moved.shape.slice(0, -1)), n]);
  const flat = rowsKernel(kernel, rows);
  const y = x.rank === 2 ? flat : reshape(flat, moved.shape);
  return at === last ? y : transpose(y, at, last);
}

/** Runs a kernel of row-wise inputs [rows, n] -> [rows, n]. */
export function rowsKernel(kernel: string, ...inputs: readonly [Tensor, ...Tensor[]]): Tensor {
  return dispatchOne(kernel, inputs, inputs[0].shape, 'float32');
}
