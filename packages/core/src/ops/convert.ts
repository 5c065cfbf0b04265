/** What ops accept beside tensors, and how operands meet: numbers become tensors, types are promoted. */
import { fail, show } from '../errors';
import { checkTensor as asTensor } from '../tensor/check';
import { allocate } from '../tensor/create';
import { type DType, promote } from '../tensor/dtype';
import { isTensor } from '../tensor/find';
import type { Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { dispatchOne } from './dispatch';

export { asTensor };

export type Operand = Tensor | number;

/** Refuses tensors of other types; returns the tensor. */
export function expectDType(where: string, name: string, x: Tensor, ...allowed: readonly DType[]): Tensor {
  if (!allowed.includes(x.dtype)) fail('dtype', `${where}: \`${name}\` must be ${allowed.join(' or ')}, received ${x.dtype}. Convert it with \`ops.cast\`.`);
  return x;
}

/**
 * Converts to another type; float32 to int32 truncates, anything to bool tests for not 0. A tensor that has the type
 * already is returned itself. No gradient flows through a conversion, since only float32 has one.
 *
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.cast(tensor([-1.5, 0, 2.7]), 'int32').array(); // => [-1, 0, 2]
 * ```
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  asTensor('cast', 'x', x);
  if (!['float32', 'int32', 'bool'].includes(dtype)) fail('dtype', `cast: \`dtype\` must be 'float32', 'int32' or 'bool', received ${show(dtype)}.`);
  if (x.dtype === dtype) return x;
  const kernel = dtype === 'float32' ? 'castToFloat' : dtype === 'int32' ? 'castToInt' : 'castToBool';
  return dispatchOne(kernel, [x], x.shape, dtype);
}

/** A number as a tensor, without axes unless a shape is given, on the executor of another tensor. */
export function constantLike(like: Tensor, value: number, dtype: DType = 'float32', shape: Shape = []): Tensor {
  const out = allocate(like.executor, shape, dtype);
  like.executor.run({ kernel: 'fill', inputs: [], outputs: [out], attrs: {}, scalars: [value] });
  return out;
}

/** Two operands as tensors of one type. A whole number leaves int32 and bool whole, another makes them float32; two bools stay bool. */
export function meet(where: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const like = isTensor(a) ? a : asTensor(where, 'b', b);
  const lift = (value: Operand, name: string, other: Tensor): Tensor => {
    if (typeof value !== 'number') return asTensor(where, name, value);
    const dtype = other.dtype !== 'float32' && (value | 0) === value ? 'int32' : 'float32';
    return constantLike(other, value, dtype);
  };
  const [x, y] = [lift(a, 'a', like), lift(b, 'b', like)];
  const dtype = promote(x.dtype, y.dtype);
  return [cast(x, dtype), cast(y, dtype)];
}
