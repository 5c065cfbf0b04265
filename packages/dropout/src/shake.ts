/** What shake-shake and shake-drop share: a factor that differs between the forward and the backward pass. */
import { customGradient, ops, random, type RngKey, scope, type Tensor, tensor } from '@parsimony/core';
import { masked, unitShape } from './mask';
import type { DropMode } from './stochastic-depth';

/** y = x a, with the gradient dx = dy b. Both are drawn when they are needed. */
export const shaken = (x: Tensor, forward: () => Tensor, backward: () => Tensor): Tensor =>
  customGradient((v) => scope(() => ops.mul(v, forward())), (dy) => [masked(dy, backward)])(x);

/** Uniform numbers, one a sample of x or one for all, that broadcast against it. */
export function drawUniform(x: Tensor, mode: DropMode, key: RngKey, [low, high]: readonly [number, number]): Tensor {
  const shape = mode === 'row' ? unitShape(x, 0) : unitShape(x);
  const count = mode === 'row' ? x.shape[0] ?? 0 : 1;
  return tensor(low === high ? new Float32Array(count).fill(low) : random.uniform(key, count, { low, high }), shape);
}
