/** Choice by a condition. */
import { isTensor } from '../tensor/find';
import { broadcastShapes } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast, constantLike, expectDType, meet, type Operand } from './convert';
import { dispatchOne } from './dispatch';

/**
 * a where the condition holds, b elsewhere; elementwise, all three broadcast.
 *
 * The gradient goes to the chosen one only; but a NaN or infinite derivative of the other still spreads (0 times infinity),
 * so guard the argument of a function at its pole, not its value.
 *
 * @param condition - Any shape; bool.
 * @param a - A shape that broadcasts with the condition's; or a number.
 * @param b - As a. Two numbers give float32.
 * @throws shape: the shapes do not broadcast; dtype: the condition is not bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const x = tensor([-1, 2, -3]);
 * await ops.where(ops.greater(x, 0), x, 0).array(); // => [0, 2, 0]
 * ```
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  expectDType('where', 'condition', asTensor('where', 'condition', condition), 'bool');
  const numbers = !isTensor(a) && !isTensor(b);
  const [x, y] = meet('where', numbers && typeof a === 'number' ? constantLike(condition, a) : a, b);
  const shape = broadcastShapes('where', condition.shape, broadcastShapes('where', x.shape, y.shape));
  if (x.dtype !== 'bool') return dispatchOne('where', [condition, x, y], shape, x.dtype);
  return cast(dispatchOne('where', [condition, cast(x, 'int32'), cast(y, 'int32')], shape, 'int32'), 'bool');
}
