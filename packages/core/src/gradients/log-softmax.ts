/** Log-softmax over rows [rows, n], and its backward kernel in composite form. */
import type { Gradient } from '../autograd/tape';
import { exp } from '../ops/exp';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { rowsKernel } from '../ops/rows';
import { sub } from '../ops/sub';
import { sum } from '../ops/sum';
import type { Tensor } from '../tensor/tensor';

const rowSum = (x: Tensor): Tensor => sum(x, { axis: -1, keepdim: true });

/** dx = dy - exp(y) sum(dy). */
export const logSoftmaxGradient: Gradient = ({ outputs: [y] }, [dy]) => (y && dy ? [rowsKernel('logSoftmaxGrad', dy, y)] : []);

/** z = dy - exp(y) sum(dy): in dy, g - sum(g exp(y)); in y, -g exp(y) sum(dy). */
export const logSoftmaxGradGradient: Gradient = ({ inputs: [dy, y] }, [g], needs) => {
  if (!dy || !y || !g) return [];
  const weighted = mul(g, exp(y));
  return [needs[0] ? sub(g, rowSum(weighted)) : undefined, needs[1] ? neg(mul(weighted, rowSum(dy))) : undefined];
};
