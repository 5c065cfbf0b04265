/** Gradient checks of matrix products. */
import { ops } from '../../index';
import { draw, type GradientCase, gradientCase } from './case';

const { linear, matmul } = ops;

export const matmulCases: readonly GradientCase[] = [
  gradientCase('matmul: matrices', { a: draw(2, 3), b: draw(3, 4) }, ({ a, b }) => matmul(a, b)),
  gradientCase('matmul: transposeA', { a: draw(3, 2), b: draw(3, 4) }, ({ a, b }) => matmul(a, b, { transposeA: true })),
  gradientCase('matmul: transposeB', { a: draw(2, 3), b: draw(4, 3) }, ({ a, b }) => matmul(a, b, { transposeB: true })),
  gradientCase('matmul: both transposed', { a: draw(3, 2), b: draw(4, 3) }, ({ a, b }) => matmul(a, b, { transposeA: true, transposeB: true })),
  gradientCase('matmul: vectors', { a: draw(3), b: draw(3) }, ({ a, b }) => matmul(a, b)),
  gradientCase('matmul: matrix and vector', { a: draw(2, 3), b: draw(3) }, ({ a, b }) => matmul(a, b)),
  gradientCase('matmul: vector and batch', { a: draw(3), b: draw(2, 3, 2) }, ({ a, b }) => matmul(a, b)),
  gradientCase('matmul: batches broadcast', { a: draw(2, 1, 2, 3), b: draw(3, 3, 2) }, ({ a, b }) => matmul(a, b)),
  gradientCase('matmul: a batch and one matrix', { a: draw(2, 2, 3), b: draw(3, 2) }, ({ a, b }) => matmul(a, b)),
  gradientCase('matmul: a transposed batch and one matrix', { a: draw(2, 3, 2), b: draw(3, 2) }, ({ a, b }) => matmul(a, b, { transposeA: true })),
  gradientCase('linear', { x: draw(2, 3), w: draw(4, 3), b: draw(4) }, ({ x, w, b }) => linear(x, w, b)),
  gradientCase('linear: leading axes, no bias', { x: draw(2, 2, 3), w: draw(2, 3) }, ({ x, w }) => linear(x, w)),
];
