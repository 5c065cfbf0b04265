/** How elementwise ops reach their kernels: operands meet, shapes broadcast. */
import type { Tensor } from '../tensor/tensor';
import { broadcastShapes } from '../tensor/shape';
import { asTensor, cast, expectDType, meet, type Operand } from './convert';
import { dispatchOne } from './dispatch';

/** A float32 -> float32 op of one input; int32 and bool inputs are converted first. */
export function unary(kernel: string, x: Tensor, scalars: readonly number[] = []): Tensor {
  const float = cast(asTensor(kernel, 'x', x), 'float32');
  return dispatchOne(kernel, [float], float.shape, 'float32', { scalars });
}

/** A numeric op of two inputs: float32, or int32 where both are. */
export function arithmetic(kernel: string, a: Operand, b: Operand): Tensor {
  const [x, y] = meet(kernel, a, b);
  const [left, right] = x.dtype === 'bool' ? [cast(x, 'int32'), cast(y, 'int32')] : [x, y];
  return dispatchOne(kernel, [left, right], broadcastShapes(kernel, x.shape, y.shape), left.dtype);
}

/** A comparison of two inputs -> bool. */
export function comparison(kernel: string, a: Operand, b: Operand): Tensor {
  const [x, y] = meet(kernel, a, b);
  const [left, right] = x.dtype === 'bool' ? [cast(x, 'int32'), cast(y, 'int32')] : [x, y];
  return dispatchOne(kernel, [left, right], broadcastShapes(kernel, x.shape, y.shape), 'bool');
}

/** A logical op on bools. */
export function logical(kernel: string, ...inputs: readonly Tensor[]): Tensor {
  inputs.forEach((x, i) => expectDType(kernel, 'ab'[i] ?? 'x', asTensor(kernel, 'ab'[i] ?? 'x', x), 'bool'));
  const shape = inputs.map((x) => x.shape).reduce((a, b) => broadcastShapes(kernel, a, b));
  return dispatchOne(kernel, inputs, shape, 'bool');
}
