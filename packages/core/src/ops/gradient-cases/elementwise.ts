/** Gradient checks of arithmetic, transcendental functions and choices. */
import { ops, type Tensor, tensor } from '../../index';
import { apart, between, type Draw, draw, type GradientCase, gradientCase } from './case';

const { add, atan2, clamp, div, greater, lerp, maximum, minimum, mul, pow, remainder, sub, where } = ops;

type Binary = (a: Tensor, b: Tensor) => Tensor;

/** A binary op on equal shapes and on shapes that broadcast both ways, and on one tensor twice. */
const binary = (name: string, op: Binary, a: (...shape: number[]) => Draw, b: (...shape: number[]) => Draw): GradientCase[] => [
  gradientCase(name, { a: a(2, 3), b: b(2, 3) }, (x) => op(x.a, x.b)),
  gradientCase(`${name}: broadcast`, { a: a(2, 1, 3), b: b(4, 1) }, (x) => op(x.a, x.b)),
  gradientCase(`${name}: a scalar`, { a: a(3), b: b() }, (x) => op(x.a, x.b)),
  gradientCase(`${name}: both from one`, { x: a(3) }, ({ x }) => op(x, add(mul(x, 0.5), 2))),
];

const unary = (name: string, op: (x: Tensor) => Tensor, x: Draw): GradientCase => gradientCase(name, { x }, (inputs) => op(inputs.x));

const positive = (...shape: number[]): Draw => between(0.4, 2, ...shape);
/** Multiples of 1 / 4 that never meet those of `apart`. */
const between2 = (...shape: number[]): Draw => (seed) => add(apart(...shape)(seed), 1 / 16);

export const elementwiseCases: readonly GradientCase[] = [
  ...binary('add', add, draw, draw),
  ...binary('sub', sub, draw, draw),
  ...binary('mul', mul, draw, draw),
  ...binary('div', div, draw, positive),
  ...binary('pow', pow, positive, draw),
  ...binary('atan2', atan2, draw, positive),
  ...binary('minimum', minimum, apart, between2),
  ...binary('maximum', maximum, apart, between2),
  ...binary('lerp', (a, b) => lerp(a, b, 0.3), draw, draw),
  ...binary('remainder', remainder, (...shape: number[]) => between(2.1, 2.6, ...shape), (...shape: number[]) => between(1.1, 1.9, ...shape)),
  gradientCase('lerp: a tensor as weight', { a: draw(2, 3), b: draw(3), w: draw(2, 1) }, ({ a, b, w }) => lerp(a, b, w)),
  unary('add: a number', (x) => add(2, x), draw(3)),
  unary('sub: a number', (x) => mul(sub(x, 2), sub(3, x)), draw(3)),
  unary('mul: a number', (x) => ops.square(mul(x, -2.5)), draw(3)),
  unary('div: a number', (x) => add(div(x, 3), div(3, x)), positive(3)),
  ...[0, 1, 2, 3, -1, 0.5, 2.5].map((exponent) => unary(`pow: exponent ${exponent}`, (x) => pow(x, exponent), positive(4))),
  ...[1, 2, 3].map((exponent) => unary(`pow: exponent ${exponent} at 0`, (x) => pow(x, exponent), () => tensor([0, 1, -1]))),
  unary('pow: a number as base', (x) => pow(2.5, x), draw(3)),
  gradientCase('pow: in the base at 0', { a: () => tensor([0, 0, 0]) }, ({ a }) => pow(a, tensor([1, 2, 3]))),
  gradientCase('pow: in the exponent at 0', { b: between(0.5, 2, 3) }, ({ b }) => pow(tensor([0, 0, 2]), b)),
  unary('neg', ops.neg, draw(4)),
  unary('abs', ops.abs, apart(6)),
  unary('square', ops.square, draw(4)),
  unary('sqrt', ops.sqrt, positive(4)),
  unary('rsqrt', ops.rsqrt, positive(4)),
  unary('reciprocal', ops.reciprocal, positive(4)),
  unary('exp', ops.exp, draw(4)),
  unary('expm1', ops.expm1, draw(4)),
  unary('log', ops.log, positive(4)),
  unary('log1p', ops.log1p, positive(4)),
  unary('sin', ops.sin, draw(4)),
  unary('cos', ops.cos, draw(4)),
  unary('tan', ops.tan, draw(4)),
  unary('tanh', ops.tanh, draw(4)),
  unary('erf', ops.erf, draw(4)),
  unary('clamp', (x) => clamp(x, { min: -0.5, max: 0.6 }), apart(8)),
  unary('clamp: one bound', (x) => mul(clamp(x, { min: -0.5 }), clamp(x, { max: 0.5 })), apart(8)),
  gradientCase('where', { a: draw(2, 3), b: draw(3) }, ({ a, b }) => where(tensor([[true], [false]]), mul(a, b), ops.exp(b))),
  gradientCase('where: a number', { a: draw(4) }, ({ a }) => where(greater(a, 0), ops.square(a), 0)),
  gradientCase('cast: to float32 twice', { a: draw(3) }, ({ a }) => mul(ops.cast(a, 'float32'), a)),
];
