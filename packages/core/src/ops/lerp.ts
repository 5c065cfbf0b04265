/** Linear interpolation. */
import { checkNumber } from '../options';
import { broadcastShapes } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, expectDType, type Operand } from './convert';
import { dispatchOne } from './dispatch';
import { mul } from './mul';
import { sub } from './sub';

/**
 * a + weight (b - a), elementwise with broadcasting.
 *
 * @param a - Any shape; float32.
 * @param b - A shape that broadcasts with a's; float32.
 * @param weight - A number, or a tensor that broadcasts with both; 0 gives a, 1 gives b.
 * @throws shape: the shapes do not broadcast; dtype: not float32; option: a weight that is not finite.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.lerp(tensor([0, 10]), tensor([1, 20]), 0.25).array(); // => [0.25, 12.5]
 * ```
 */
export function lerp(a: Tensor, b: Tensor, weight: Operand): Tensor {
  expectDType('lerp', 'a', asTensor('lerp', 'a', a), 'float32');
  expectDType('lerp', 'b', asTensor('lerp', 'b', b), 'float32');
  if (typeof weight !== 'number') return add(a, mul(expectDType('lerp', 'weight', asTensor('lerp', 'weight', weight), 'float32'), sub(b, a)));
  const scalars = [checkNumber('lerp', 'weight', weight)];
  return dispatchOne('lerp', [a, b], broadcastShapes('lerp', a.shape, b.shape), 'float32', { scalars });
}
