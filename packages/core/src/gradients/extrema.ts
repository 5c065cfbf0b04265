/** Ops with a kink, by PyTorch's choices there; and choices by a condition. */
import type { Gradient, GradientTable } from '../autograd/tape';
import { clampGrad } from '../ops/derivatives';
import { equal } from '../ops/equal';
import { greater } from '../ops/greater';
import { greaterEqual } from '../ops/greater-equal';
import { less } from '../ops/less';
import { lessEqual } from '../ops/less-equal';
import { logicalOr } from '../ops/logical-or';
import { mul } from '../ops/mul';
import { sign } from '../ops/sign';
import { sumTo } from '../ops/sum-to';
import { where } from '../ops/where';
import type { Tensor } from '../tensor/tensor';
import { binaryRule, scalarOf, unaryRule } from './rule';

/** All of dy for the winner, half at a tie, nothing for the loser. */
const share = (dy: Tensor, a: Tensor, b: Tensor, loses: Tensor): Tensor => where(loses, 0, where(equal(a, b), mul(dy, 0.5), dy));

/** dy goes where the condition sends it. */
const whereGradient: Gradient = ({ inputs: [condition, a, b] }, [dy], needs) => {
  if (!dy || !condition || !a || !b) return [];
  return [
    undefined,
    needs[1] ? sumTo(where(condition, dy, 0), a.shape) : undefined,
    needs[2] ? sumTo(where(condition, 0, dy), b.shape) : undefined,
  ];
};

export const extremaGradients: GradientTable = {
  abs: unaryRule((dy, x) => mul(dy, sign(x))),
  minimum: binaryRule((dy, a, b) => share(dy, a, b, greater(a, b)), (dy, a, b) => share(dy, a, b, greater(b, a))),
  maximum: binaryRule((dy, a, b) => share(dy, a, b, less(a, b)), (dy, a, b) => share(dy, a, b, less(b, a))),
  /** Passes at the bounds themselves. */
  clamp: unaryRule((dy, x, _, node) => clampGrad(dy, x, scalarOf(node, 0), scalarOf(node, 1))),
  clampGrad: (node, [v], needs) => {
    const x = node.inputs[1];
    return [needs[0] && v && x ? clampGrad(v, x, scalarOf(node, 0), scalarOf(node, 1)) : undefined];
  },
  /** Does not pass at the bounds, but where x is NaN. */
  hardtanh: unaryRule((dy, x, _, node) => where(logicalOr(lessEqual(x, scalarOf(node, 0)), greaterEqual(x, scalarOf(node, 1))), 0, dy)),
  where: whereGradient,
};
