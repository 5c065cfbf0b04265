/** Gradient checks of gathers, scatters and tables, with repeated indices wherever those are allowed. */
import { ops, tensor } from '../../index';
import { draw, type GradientCase, gradientCase } from './case';

type Nested = number | readonly Nested[];
const index = (data: Nested) => tensor(data, { dtype: 'int32' });

export const indexingCases: readonly GradientCase[] = [
  gradientCase('indexSelect', { x: draw(2, 3, 2) }, ({ x }) => ops.square(ops.indexSelect(x, 1, index([2, 0, 2, 2])))),
  gradientCase('indexAdd', { x: draw(3, 2), s: draw(4, 2) }, ({ x, s }) => ops.square(ops.indexAdd(x, 0, index([2, 0, 2, 2]), s))),
  gradientCase('gather', { x: draw(2, 3) }, ({ x }) => ops.square(ops.gather(x, 1, index([[2, 2], [0, 1]])))),
  gradientCase('gather: a smaller index', { x: draw(3, 3) }, ({ x }) => ops.square(ops.gather(x, 0, index([[2, 2], [0, 1]])))),
  gradientCase('scatterAdd', { x: draw(3, 2), s: draw(2, 2) }, ({ x, s }) => ops.square(ops.scatterAdd(x, 0, index([[1, 2], [1, 0]]), s))),
  gradientCase('scatter', { x: draw(2, 4), s: draw(2, 2) }, ({ x, s }) => ops.square(ops.scatter(x, 1, index([[3, 0], [1, 2]]), s))),
  gradientCase('scatter: one target twice', { x: draw(3, 2), s: draw(3, 2) }, ({ x, s }) => ops.square(ops.scatter(x, 0, index([[1, 2], [1, 2], [0, 2]]), s))),
  gradientCase('scatter: a number', { x: draw(2, 3) }, ({ x }) => ops.square(ops.scatter(x, 1, index([[1], [2]]), 5))),
  gradientCase('embedding', { w: draw(4, 2) }, ({ w }) => ops.square(ops.embedding(index([[1, 3], [1, 0]]), w))),
];
