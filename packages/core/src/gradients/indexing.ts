/** Gathers and scatters: adjoint pairs. */
import type { Gradient, GradientTable } from '../autograd/tape';
import { arangeLike } from '../ops/arange-like';
import { broadcastTo } from '../ops/broadcast-to';
import { cast, constantLike } from '../ops/convert';
import { equal } from '../ops/equal';
import { addLines, gatherLines, scatterAddLines, scatterLines, selectLines } from '../ops/indexing';
import { mul } from '../ops/mul';
import { notEqual } from '../ops/not-equal';
import { reshape } from '../ops/reshape';
import { where } from '../ops/where';
import type { Tensor } from '../tensor/tensor';
import { unaryRule } from './rule';

/** The rule of an op linear in its first input and with an index as its second: its adjoint with the same index. */
const adjoint = (rule: (dy: Tensor, index: Tensor, n: number) => Tensor): Gradient => ({ inputs: [x, index] }, [dy], needs) =>
  [needs[0] && dy && x && index ? rule(dy, index, x.shape[1] ?? 0) : undefined];

/**
 * Whether each source element is the one that stayed: of several with one target the last wins, and only it has a gradient.
 * Found by scattering the elements' own numbers and reading them back.
 */
function stayed(index: Tensor, target: Tensor): Tensor {
  const number = broadcastTo(reshape(cast(arangeLike(index, index.shape[1] ?? 0), 'float32'), [1, -1, 1]), index.shape);
  return equal(gatherLines(scatterLines(target, index, number), index), number);
}

const scatterGradient: Gradient = ({ inputs: [x, index, source] }, [dy], needs) => {
  if (!dy || !x || !index || !source) return [];
  return [
    needs[0] ? scatterLines(dy, index, constantLike(dy, 0, 'float32', source.shape)) : undefined,
    undefined,
    needs[2] ? where(stayed(index, dy), gatherLines(dy, index), 0) : undefined,
  ];
};

export const indexingGradients: GradientTable = {
  indexSelect: adjoint(addLines),
  indexAdd: adjoint(selectLines),
  gather: adjoint(scatterAddLines),
  scatterAdd: adjoint(gatherLines),
  scatter: scatterGradient,
  zeroGradientRow: unaryRule((dy, _x, _y, node) => {
    const row = node.attrs['row'] as number;
    const keep = cast(notEqual(arangeLike(dy, dy.shape[0] ?? 0), row), 'float32');
    return mul(dy, reshape(keep, [-1, ...dy.shape.slice(1).map(() => 1)]));
  }),
};
