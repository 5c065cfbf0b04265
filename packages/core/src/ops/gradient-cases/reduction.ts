/** Gradient checks of reductions and running sums. */
import { ops, type Tensor, tensor } from '../../index';
import { apart, between, type Draw, draw, type GradientCase, gradientCase } from './case';

type Reduce = (x: Tensor, options?: ops.ReduceOptions) => Tensor;

/** A reduction over all axes, and over one, the first and last, neighbours, and none. Squared, so that the second order says something. */
const reduce = (name: string, op: Reduce, x: (...shape: number[]) => Draw): GradientCase[] => [
  gradientCase(name, { x: x(2, 3) }, (v) => ops.square(op(v.x))),
  gradientCase(`${name}: one axis`, { x: x(2, 3, 2) }, (v) => ops.square(op(v.x, { axis: 1 }))),
  gradientCase(`${name}: first and last axis, kept`, { x: x(2, 3, 2) }, (v) => ops.square(op(v.x, { axis: [0, -1], keepdim: true }))),
  gradientCase(`${name}: neighbours`, { x: x(2, 3, 2, 2) }, (v) => ops.square(op(v.x, { axis: [1, 2] }))),
];

export const reductionCases: readonly GradientCase[] = [
  ...reduce('sum', ops.sum, draw),
  ...reduce('mean', ops.mean, draw),
  ...reduce('max', ops.max, apart),
  ...reduce('min', ops.min, apart),
  ...reduce('prod', ops.prod, draw),
  ...reduce('variance', ops.variance, draw),
  ...reduce('std', ops.std, draw),
  ...reduce('logSumExp', ops.logSumExp, draw),
  ...reduce('norm', ops.norm, draw),
  gradientCase('sum: no axes', { x: draw() }, ({ x }) => ops.square(ops.sum(x))),
  gradientCase('sum: an axis of size 1', { x: draw(2, 1, 3) }, ({ x }) => ops.square(ops.sum(x, { axis: 1 }))),
  gradientCase('sum: axes with one of size 1 between', { x: draw(2, 3, 1, 2) }, ({ x }) => ops.square(ops.sum(x, { axis: [1, 3] }))),
  gradientCase('variance: no correction', { x: draw(3, 2) }, ({ x }) => ops.variance(x, { axis: 0, correction: 0 })),
  ...[1, 3, 1.5, Infinity].map((p) => gradientCase(`norm: p = ${p}`, { x: apart(2, 3) }, ({ x }) => ops.square(ops.norm(x, { p, axis: 1 })))),
  gradientCase('prod: with zeros', { x: () => tensor([[0, 2, 3], [0, 0, 3], [0, 0, 0]]) }, ({ x }) => ops.prod(x, { axis: 1 })),
  gradientCase('prod: seven factors', { x: between(0.5, 1.5, 7, 2) }, ({ x }) => ops.prod(x, { axis: 0 })),
  gradientCase('prod: one factor', { x: draw(2, 1) }, ({ x }) => ops.square(ops.prod(x, { axis: 1 }))),
  gradientCase('cumsum', { x: draw(2, 3, 2) }, ({ x }) => ops.square(ops.cumsum(x, 1))),
  gradientCase('cumsum: reverse', { x: draw(2, 3) }, ({ x }) => ops.square(ops.cumsum(x, -1, { reverse: true }))),
];
