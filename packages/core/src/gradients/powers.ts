/** Powers, roots, exponentials and logarithms. */
import type { GradientTable } from '../autograd/tape';
import { add } from '../ops/add';
import { div } from '../ops/div';
import { equal } from '../ops/equal';
import { exp } from '../ops/exp';
import { greaterEqual } from '../ops/greater-equal';
import { log } from '../ops/log';
import { logicalAnd } from '../ops/logical-and';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { pow } from '../ops/pow';
import { square } from '../ops/square';
import { sub } from '../ops/sub';
import { where } from '../ops/where';
import { binaryRule, scalarOf, unaryRule } from './rule';

export const powerGradients: GradientTable = {
  // At 0^0 the exponent b - 1 would give 0 times infinity; there d/da is 0, as PyTorch has it.
  // At a = 0 with b >= 0, a^b log a is 0 by continuity; the logarithm is kept from its pole, so that derivatives stay finite.
  pow: binaryRule(
    (dy, a, b) => mul(dy, mul(b, pow(a, where(logicalAnd(equal(a, 0), equal(b, 0)), 1, sub(b, 1))))),
    (dy, a, b, y) => mul(dy, mul(y, log(where(logicalAnd(equal(a, 0), greaterEqual(b, 0)), 1, a)))),
  ),
  powScalar: unaryRule((dy, x, _, node) => {
    const exponent = scalarOf(node, 0);
    return exponent === 0 ? undefined : mul(dy, mul(pow(x, exponent - 1), exponent));
  }),
  square: unaryRule((dy, x) => mul(dy, mul(x, 2))),
  sqrt: unaryRule((dy, _, y) => div(dy, mul(y, 2))),
  rsqrt: unaryRule((dy, x, y) => mul(dy, div(y, mul(x, -2)))),
  reciprocal: unaryRule((dy, _, y) => mul(dy, neg(square(y)))),
  exp: unaryRule((dy, _, y) => mul(dy, y)),
  expm1: unaryRule((dy, _, y) => mul(dy, add(y, 1))),
  log: unaryRule((dy, x) => div(dy, x)),
  log1p: unaryRule((dy, x) => div(dy, add(x, 1))),
  erf: unaryRule((dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
};
