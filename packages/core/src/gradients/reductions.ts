/** Reductions and scans along the middle axis of [outer, n, inner]. */
import type { GradientTable } from '../autograd/tape';
import { broadcastTo } from '../ops/broadcast-to';
import { cast } from '../ops/convert';
import { cumsumLines } from '../ops/cumsum';
import { div } from '../ops/div';
import { equal } from '../ops/equal';
import { mul } from '../ops/mul';
import { reduceAxes } from '../ops/reduce';
import { reshape } from '../ops/reshape';
import { productsOfOthers } from '../ops/scan';
import type { Tensor } from '../tensor/tensor';
import { type UnaryRule, unaryRule } from './rule';

/** [outer, inner] as [outer, 1, inner]. */
const asLine = (y: Tensor): Tensor => reshape(y, [y.shape[0] ?? 1, 1, y.shape[1] ?? 1]);

/** Evenly among the elements that reach the extreme: PyTorch's amax and amin. */
const extreme: UnaryRule = (dy, x, y) => {
  const reached = cast(equal(x, asLine(y)), 'float32');
  const ties = reduceAxes('sum', reached, { axes: [1], shape: asLine(y).shape });
  return mul(reached, div(asLine(dy), ties));
};

export const reductionGradients: GradientTable = {
  sum: unaryRule((dy, x) => broadcastTo(asLine(dy), x.shape)),
  max: unaryRule(extreme),
  min: unaryRule(extreme),
  prod: unaryRule((dy, x) => mul(productsOfOthers(x), asLine(dy))),
  cumsum: unaryRule((dy, _x, _y, node) => cumsumLines(dy, node.attrs['reverse'] !== true)),
};
