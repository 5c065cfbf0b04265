/** Sums, products and quotients. */
import type { GradientTable } from '../autograd/tape';
import { add } from '../ops/add';
import { div } from '../ops/div';
import { affine } from '../ops/elementwise';
import { floor } from '../ops/floor';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { square } from '../ops/square';
import { binaryRule, scalarOf, unaryRule } from './rule';

/** Scaling by 1 needs no pass. */
const scaled = (dy: Parameters<typeof affine>[0], by: number) => (by === 1 ? dy : affine(dy, by));

export const arithmeticGradients: GradientTable = {
  add: binaryRule((dy) => dy, (dy) => dy),
  sub: binaryRule((dy) => dy, (dy) => neg(dy)),
  mul: binaryRule((dy, _, b) => mul(dy, b), (dy, a) => mul(dy, a)),
  // d(a / b)/db = -a / b^2 = -y / b
  div: binaryRule((dy, _, b) => div(dy, b), (dy, _, b, y) => mul(dy, neg(div(y, b)))),
  neg: unaryRule((dy) => neg(dy)),
  affine: unaryRule((dy, _x, _y, node) => scaled(dy, scalarOf(node, 0))),
  lerp: binaryRule(
    (dy, _a, _b, _y, node) => scaled(dy, 1 - scalarOf(node, 0)),
    (dy, _a, _b, _y, node) => scaled(dy, scalarOf(node, 0)),
  ),
  // a - b floor(a / b), with floor constant
  remainder: binaryRule((dy) => dy, (dy, a, b) => mul(dy, neg(floor(div(a, b))))),
  // the angle of (b, a)
  atan2: binaryRule(
    (dy, a, b) => mul(dy, div(b, add(square(a), square(b)))),
    (dy, a, b) => mul(dy, neg(div(a, add(square(a), square(b))))),
  ),
};
