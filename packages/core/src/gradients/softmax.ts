/** Softmax over rows [rows, n], and its backward kernel in composite form. */
import type { Gradient } from '../autograd/tape';
import { mul } from '../ops/mul';
import { rowsKernel } from '../ops/rows';
import { sub } from '../ops/sub';
import { sum } from '../ops/sum';
import type { Tensor } from '../tensor/tensor';

const rowSum = (x: Tensor): Tensor => sum(x, { axis: -1, keepdim: true });

/** dx = y (dy - sum(dy y)). */
export const softmaxGradient: Gradient = ({ outputs: [y] }, [dy]) => (y && dy ? [rowsKernel('softmaxGrad', dy, y)] : []);

/** z = y (dy - s) with s = sum(dy y): linear in dy and symmetric there; in y, dz = g (dy - s) - dy sum(g y). */
export const softmaxGradGradient: Gradient = ({ inputs: [dy, y] }, [g], needs) => {
  if (!dy || !y || !g) return [];
  const inY = (): Tensor => sub(mul(g, sub(dy, rowSum(mul(dy, y)))), mul(dy, rowSum(mul(g, y))));
  return [needs[0] ? rowsKernel('softmaxGrad', g, y) : undefined, needs[1] ? inY() : undefined];
};
