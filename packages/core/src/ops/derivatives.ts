/** First derivatives that are worth one pass. Each is an op of dy and the input x, or the output y; their rules are composite. */
import type { Tensor } from '../tensor/tensor';
import { dispatchOne } from './dispatch';

const derivative = (kernel: string, dy: Tensor, at: Tensor, scalars: readonly number[] = []): Tensor =>
  dispatchOne(kernel, [dy, at], at.shape, 'float32', { scalars });

export const reluGrad = (dy: Tensor, x: Tensor): Tensor => derivative('reluGrad', dy, x);
export const leakyReluGrad = (dy: Tensor, x: Tensor, slope: number): Tensor => derivative('leakyReluGrad', dy, x, [slope]);
export const clampGrad = (dy: Tensor, x: Tensor, low: number, high: number): Tensor => derivative('clampGrad', dy, x, [low, high]);
export const sigmoidGrad = (dy: Tensor, y: Tensor): Tensor => derivative('sigmoidGrad', dy, y);
export const tanhGrad = (dy: Tensor, y: Tensor): Tensor => derivative('tanhGrad', dy, y);
export const geluGrad = (dy: Tensor, x: Tensor): Tensor => derivative('geluGrad', dy, x);
export const geluTanhGrad = (dy: Tensor, x: Tensor): Tensor => derivative('geluTanhGrad', dy, x);
export const siluGrad = (dy: Tensor, x: Tensor): Tensor => derivative('siluGrad', dy, x);
