/** Circular functions and the hyperbolic tangent. */
import type { GradientTable } from '../autograd/tape';
import { add } from '../ops/add';
import { cos } from '../ops/cos';
import { sigmoidGrad, tanhGrad } from '../ops/derivatives';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { sin } from '../ops/sin';
import { square } from '../ops/square';
import { sub } from '../ops/sub';
import { binaryRule, unaryRule } from './rule';

export const trigonometricGradients: GradientTable = {
  sin: unaryRule((dy, x) => mul(dy, cos(x))),
  cos: unaryRule((dy, x) => neg(mul(dy, sin(x)))),
  tan: unaryRule((dy, _, y) => mul(dy, add(square(y), 1))),
  tanh: unaryRule((dy, _, y) => tanhGrad(dy, y)),
  // g = dy (1 - y^2)
  tanhGrad: binaryRule((v, _, y) => tanhGrad(v, y), (v, dy, y) => mul(mul(v, dy), mul(y, -2))),
  sigmoid: unaryRule((dy, _, y) => sigmoidGrad(dy, y)),
  // g = dy y (1 - y)
  sigmoidGrad: binaryRule((v, _, y) => sigmoidGrad(v, y), (v, dy, y) => mul(mul(v, dy), sub(1, mul(y, 2)))),
};
