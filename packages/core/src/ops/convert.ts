/** What ops accept beside tensors, and how operands meet: numbers become tensors, types are promoted. */
import { fail, show } from '../errors';
import { allocate } from '../tensor/create';
import { type DType, promote } from '../tensor/dtype';
import { isTensor } from '../tensor/find';
import type { Tensor } from '../tensor/tensor';
import { dispatchOne } from './dispatch';

export type Operand = Tensor | number;

/** Refuses anything but a live tensor; returns it. */
export function asTensor(where: string, name: string, value: unknown): Tensor {
  if (!isTensor(value)) fail('dtype', `${where}: \`${name}\` must be a tensor, received ${show(value)}.`);
  value.assertLive(where);
  return value;
}

/** Refuses tensors of other types; returns the tensor. */
export function expectDType(where: string, name: string, x: Tensor, ...allowed: readonly DType[]): Tensor {
  if (!allowed.includes(x.dtype)) fail('dtype', `${where}: \`${name}\` must be ${allowed.join(' or ')}, received ${x.dtype}. Convert it with \`ops.cast\`.`);
  return x;
}

/** Converts to another type; float32 to int32 truncates, anything to bool tests for not 0. */
export function cast(x: Tensor, dtype: DType): Tensor {
  asTensor('cast', 'x', x);
  if (x.dtype === dtype) return x;
  const kernel = dtype === 'float32' ? 'castToFloat' : dtype === 'int32' ? 'castToInt' : 'castToBool';
  return dispatchOne(kernel, [x], x.shape, dtype);
}

/** A number as a tensor without axes, on the executor of another tensor. */
export function constantLike(like: Tensor, value: number, dtype: DType = 'float32'): Tensor {
  const out = allocate(like.executor, [], dtype);
  like.executor.run({ kernel: 'fill', inputs: [], outputs: [out], attrs: {}, scalars: [value] });
  return out;
}

/** Two operands as tensors of one type. A number takes the other's type, or float32 where it is not whole; two bools stay bool. */
export function meet(where: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const like = isTensor(a) ? a : asTensor(where, 'b', b);
  const lift = (value: Operand, name: string, other: Tensor): Tensor => {
    if (typeof value !== 'number') return asTensor(where, name, value);
    const dtype = other.dtype === 'int32' && Number.isInteger(value) ? 'int32' : 'float32';
    return constantLike(other, value, dtype);
  };
  const [x, y] = [lift(a, 'a', like), lift(b, 'b', like)];
  const dtype = promote(x.dtype, y.dtype);
  return [cast(x, dtype), cast(y, dtype)];
}
