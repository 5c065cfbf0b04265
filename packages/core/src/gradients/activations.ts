/** Activations, and the fused first derivatives that some of them have. */
import type { Gradient, GradientTable } from '../autograd/tape';
import { abs } from '../ops/abs';
import { add } from '../ops/add';
import { clamp } from '../ops/clamp';
import { leakyReluGrad, reluGrad, siluGrad } from '../ops/derivatives';
import { div } from '../ops/div';
import type { Recorded } from '../ops/dispatch';
import { exp } from '../ops/exp';
import { greater } from '../ops/greater';
import { less } from '../ops/less';
import { lessEqual } from '../ops/less-equal';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { sigmoid } from '../ops/sigmoid';
import { softplus } from '../ops/softplus';
import { square } from '../ops/square';
import { sub } from '../ops/sub';
import { tanh } from '../ops/tanh';
import { where } from '../ops/where';
import type { Tensor } from '../tensor/tensor';
import { binaryRule, scalarOf, unaryRule } from './rule';

/** The rule of g = dy s(x) with s constant in pieces: linear in dy, flat in x. */
const linearInDy = (g: (v: Tensor, x: Tensor, node: Recorded) => Tensor): Gradient => (node, [v], needs) => {
  const x = node.inputs[1];
  return [needs[0] && v && x ? g(v, x, node) : undefined];
};

/** alpha e^x, cut off where x > 0 so that what is not chosen cannot overflow. */
const slopeBelow = (x: Tensor, alpha: number): Tensor => mul(exp(clamp(x, { max: 0 })), alpha);

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

export const activationGradients: GradientTable = {
  relu: unaryRule((dy, x) => reluGrad(dy, x)),
  reluGrad: linearInDy((v, x) => reluGrad(v, x)),
  leakyRelu: unaryRule((dy, x, _, node) => leakyReluGrad(dy, x, scalarOf(node, 0))),
  leakyReluGrad: linearInDy((v, x, node) => leakyReluGrad(v, x, scalarOf(node, 0))),
  elu: unaryRule((dy, x, _, node) => where(greater(x, 0), dy, mul(dy, slopeBelow(x, scalarOf(node, 0))))),
  selu: unaryRule((dy, x) => where(greater(x, 0), mul(dy, SELU_SCALE), mul(dy, slopeBelow(x, SELU_SCALE * SELU_ALPHA)))),
  softplus: unaryRule((dy, x) => mul(dy, sigmoid(x))),
  logSigmoid: unaryRule((dy, x) => mul(dy, sigmoid(neg(x)))),
  silu: unaryRule((dy, x) => siluGrad(dy, x)),
  // s + x s (1 - s), derived: s (1 - s) (2 + x (1 - 2 s))
  siluGrad: binaryRule((v, _, x) => siluGrad(v, x), (v, dy, x) => {
    const s = sigmoid(x);
    return mul(mul(v, dy), mul(mul(s, sub(1, s)), add(mul(x, sub(1, mul(s, 2))), 2)));
  }),
  // t + x (1 - t^2) s, with t = tanh(softplus(x)) and s = sigmoid(x)
  mish: unaryRule((dy, x) => {
    const t = tanh(softplus(x));
    return mul(dy, add(t, mul(mul(x, sigmoid(x)), sub(1, square(t)))));
  }),
  hardSigmoid: unaryRule((dy, x) => where(less(abs(x), 3), mul(dy, 1 / 6), 0)),
  hardSwish: unaryRule((dy, x) => where(less(x, -3), 0, where(lessEqual(x, 3), mul(dy, add(mul(x, 1 / 3), 0.5)), dy))),
  softsign: unaryRule((dy, x) => div(dy, square(add(abs(x), 1)))),
};
