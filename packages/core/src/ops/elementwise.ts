/** How elementwise ops reach their kernels: operands meet, shapes broadcast. */
import { fail } from '../errors';
import { isTensor } from '../tensor/find';
import { broadcastShapes } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast, expectDType, meet, type Operand } from './convert';
import { dispatchOne, type DispatchOptions } from './dispatch';

/** A float32 -> float32 op of one input; int32 and bool inputs are converted first, as PyTorch does. */
export function unary(kernel: string, x: Tensor, scalars: readonly number[] = [], options: Omit<DispatchOptions, 'scalars'> = {}): Tensor {
  const float = cast(asTensor(options.op ?? kernel, 'x', x), 'float32');
  return dispatchOne(kernel, [float], float.shape, 'float32', { ...options, scalars });
}

/** An op of one input that keeps its type: float32 or int32. */
export function numeric(kernel: string, x: Tensor): Tensor {
  expectDType(kernel, 'x', asTensor(kernel, 'x', x), 'float32', 'int32');
  return dispatchOne(kernel, [x], x.shape, x.dtype);
}

/** A rounding op: whole numbers are returned as they are. */
export function rounding(kernel: string, x: Tensor): Tensor {
  expectDType(kernel, 'x', asTensor(kernel, 'x', x), 'float32', 'int32');
  return x.dtype === 'int32' ? x : unary(kernel, x);
}

/** A numeric op of two inputs: float32, or int32 where both are whole. Two bools have no arithmetic. */
export function arithmetic(kernel: string, a: Operand, b: Operand): Tensor {
  const [x, y] = meet(kernel, a, b);
  if (x.dtype === 'bool') fail('dtype', `${kernel}: two bool tensors have no arithmetic. Use \`ops.logicalAnd\`, \`ops.logicalOr\` or \`ops.logicalXor\`, or convert one with \`ops.cast\`.`);
  return dispatchOne(kernel, [x, y], broadcastShapes(kernel, x.shape, y.shape), x.dtype);
}

/** A float32 op of two inputs; whole ones are converted. */
export function floating(kernel: string, a: Operand, b: Operand): Tensor {
  const [x, y] = meet(kernel, a, b);
  return dispatchOne(kernel, [cast(x, 'float32'), cast(y, 'float32')], broadcastShapes(kernel, x.shape, y.shape), 'float32');
}

/** x scale + shift in one pass, without a tensor for the scalars. */
export const affine = (x: Tensor, scale: number, shift = 0): Tensor => unary('affine', x, [scale, shift]);

/** Whether an operand is a tensor that meets a number in float32, where `affine` serves. */
export const isFloat = (value: Operand): value is Tensor => isTensor(value) && value.dtype === 'float32';

/** A comparison of two inputs -> bool. */
export function comparison(kernel: string, a: Operand, b: Operand): Tensor {
  const [x, y] = meet(kernel, a, b);
  const [left, right] = x.dtype === 'bool' ? [cast(x, 'int32'), cast(y, 'int32')] : [x, y];
  return dispatchOne(kernel, [left, right], broadcastShapes(kernel, x.shape, y.shape), 'bool');
}

/** A logical op on bools. */
export function logical(kernel: string, ...inputs: readonly Tensor[]): Tensor {
  const names = inputs.length === 1 ? ['x'] : ['a', 'b'];
  inputs.forEach((x, i) => expectDType(kernel, names[i] ?? 'x', asTensor(kernel, names[i] ?? 'x', x), 'bool'));
  const shape = inputs.map((x) => x.shape).reduce((a, b) => broadcastShapes(kernel, a, b));
  return dispatchOne(kernel, inputs, shape, 'bool');
}

/** A test of float32 elements -> bool. */
export function test(kernel: string, x: Tensor): Tensor {
  const float = cast(asTensor(kernel, 'x', x), 'float32');
  return dispatchOne(kernel, [float], float.shape, 'bool');
}
