/** Ops that move elements: each rule moves the gradient back. */
import type { Gradient, GradientTable } from '../autograd/tape';
import type { Recorded } from '../ops/dispatch';
import { flip } from '../ops/flip';
import { padConstant } from '../ops/pad';
import { permute } from '../ops/permute';
import { reshape } from '../ops/reshape';
import { slice } from '../ops/slice';
import { strided, stridedAdd } from '../ops/strided';
import { sumTo } from '../ops/sum-to';
import { type Shape, stridesOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { unaryRule } from './rule';

const numbers = (node: Recorded, name: string): readonly number[] => node.attrs[name] as readonly number[];
const offsetOf = (node: Recorded): number => node.attrs['offset'] as number;

/** The index of an element of a flat array. */
function unravel(offset: number, shape: Shape): number[] {
  return stridesOf(shape).map((stride, axis) => (stride === 0 ? 0 : Math.floor(offset / stride) % (shape[axis] || 1)));
}

/** Zeros around, where the slice took neighbours; otherwise element by element. */
function sliceGradient(dy: Tensor, x: Tensor, node: Recorded): Tensor {
  const [own, taken] = [stridesOf(x.shape), numbers(node, 'strides')];
  return own.every((stride, axis) => stride === taken[axis])
    ? padConstant(dy, x.shape, unravel(offsetOf(node), x.shape), 0)
    : stridedAdd(dy, x.shape, taken, offsetOf(node));
}

/** The axes in their first order again. */
function unpermute(dy: Tensor, node: Recorded): Tensor {
  const axes = numbers(node, 'axes');
  return permute(dy, axes.map((_, axis) => axes.indexOf(axis)));
}

const concatGradient: Gradient = (node, [dy], needs) => {
  const axis = node.attrs['axis'] as number;
  let start = 0;
  return node.inputs.map((x, i) => {
    const end = start + (x.shape[axis] ?? 0);
    const range = { start, end };
    start = end;
    return needs[i] && dy ? slice(dy, x.shape.map((_, k) => (k === axis ? range : {}))) : undefined;
  });
};

export const movementGradients: GradientTable = {
  alias: unaryRule((dy) => dy),
  reshape: unaryRule((dy, x) => reshape(dy, x.shape)),
  permute: unaryRule((dy, _x, _y, node) => unpermute(dy, node)),
  broadcastTo: unaryRule((dy, x) => sumTo(dy, x.shape)),
  slice: unaryRule((dy, x, _, node) => sliceGradient(dy, x, node)),
  flip: unaryRule((dy, _x, _y, node) => flip(dy, numbers(node, 'axes'))),
  stridedAdd: unaryRule((dy, x, _, node) => strided('strided', dy, x.shape, numbers(node, 'strides'), offsetOf(node))),
  strided: unaryRule((dy, x, _, node) => stridedAdd(dy, x.shape, numbers(node, 'strides'), offsetOf(node))),
  pad: unaryRule((dy, x, _, node) => {
    const before = numbers(node, 'before');
    return slice(dy, x.shape.map((n, axis) => ({ start: before[axis] ?? 0, end: (before[axis] ?? 0) + n })));
  }),
  concat: concatGradient,
};
