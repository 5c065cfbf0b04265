/** The common forms of gradient rules: ops of one output with one or two inputs. */
import type { Gradient } from '../autograd/tape';
import type { Recorded } from '../ops/dispatch';
import { sumTo } from '../ops/sum-to';
import type { Tensor } from '../tensor/tensor';

/** From dy to dx, for y = f(x). */
export type UnaryRule = (dy: Tensor, x: Tensor, y: Tensor, node: Recorded) => Tensor | undefined;

/** The rule of an op of one input. */
export const unaryRule = (rule: UnaryRule): Gradient => (node, [dy], needs) => {
  const [[x], [y]] = [node.inputs, node.outputs];
  return [needs[0] && dy && x && y ? rule(dy, x, y, node) : undefined];
};

/** From dy to the gradient of one operand, of the shape of dy. */
export type BinaryRule = (dy: Tensor, a: Tensor, b: Tensor, y: Tensor, node: Recorded) => Tensor;

/** The rule of an elementwise op of two inputs, each gradient summed over the axes that its input was broadcast along. */
export const binaryRule = (left: BinaryRule, right: BinaryRule): Gradient => (node, [dy], needs) => {
  const [[a, b], [y]] = [node.inputs, node.outputs];
  if (!dy || !a || !b || !y) return [];
  return [
    needs[0] ? sumTo(left(dy, a, b, y, node), a.shape) : undefined,
    needs[1] ? sumTo(right(dy, a, b, y, node), b.shape) : undefined,
  ];
};

/** A scalar of the command. */
export const scalarOf = (node: Recorded, i: number): number => node.scalars[i] ?? Number.NaN;
