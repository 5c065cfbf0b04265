/** GELU, exact and by tanh. */
import type { GradientTable } from '../autograd/tape';
import { add } from '../ops/add';
import { geluGrad, geluTanhGrad } from '../ops/derivatives';
import { exp } from '../ops/exp';
import { mul } from '../ops/mul';
import { square } from '../ops/square';
import { sub } from '../ops/sub';
import { tanh } from '../ops/tanh';
import type { Tensor } from '../tensor/tensor';
import { binaryRule, unaryRule } from './rule';

/** The second derivative of x Phi(x): phi(x) (2 - x^2). */
function second(x: Tensor): Tensor {
  const xx = square(x);
  return mul(mul(exp(mul(xx, -0.5)), 1 / Math.sqrt(2 * Math.PI)), sub(2, xx));
}

/** The second derivative of 0.5 x (1 + t), t = tanh(u), u = k (x + c x^3): (1 - t^2) (u' - x t u'^2 + 0.5 x u''). */
function secondTanh(x: Tensor): Tensor {
  const k = Math.sqrt(2 / Math.PI);
  const c = 0.044715;
  const xx = square(x);
  const t = tanh(mul(x, add(mul(xx, k * c), k)));
  const du = add(mul(xx, 3 * k * c), k);
  return mul(sub(1, square(t)), add(sub(du, mul(mul(x, t), square(du))), mul(xx, 3 * k * c)));
}

export const geluGradients: GradientTable = {
  gelu: unaryRule((dy, x) => geluGrad(dy, x)),
  geluGrad: binaryRule((v, _, x) => geluGrad(v, x), (v, dy, x) => mul(mul(v, dy), second(x))),
  geluTanh: unaryRule((dy, x) => geluTanhGrad(dy, x)),
  geluTanhGrad: binaryRule((v, _, x) => geluTanhGrad(v, x), (v, dy, x) => mul(mul(v, dy), secondTanh(x))),
};
