/**
 * Layer normalization over [rows, n]. With h = (x - mean) rstd, y = h w + b. The rules give partial derivatives in every
 * input and output, mean and rstd included, so that they hold to any order.
 */
import type { Gradient } from '../autograd/tape';
import { add } from '../ops/add';
import { layerNormGradKernel } from '../ops/layer-norm';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { reshape } from '../ops/reshape';
import { sub } from '../ops/sub';
import { sum } from '../ops/sum';
import type { Tensor } from '../tensor/tensor';
import { total } from './total';

const column = (x: Tensor): Tensor => reshape(x, [x.size, 1]);
const rowSum = (x: Tensor): Tensor => sum(x, { axis: 1, keepdim: true });

/** dx of dy by the kernel; dmean / n and -drstd rstd^3 (x - mean) / n are added where a backward pass of a backward pass brings them. */
export const layerNormGradient: Gradient = ({ inputs: [x, weight], outputs: [, mean, rstd] }, [dy, dmean, drstd], needs) => {
  if (!x || !mean || !rstd) return [];
  const n = x.shape[1] ?? 1;
  const [dx, dweight, dbias] = dy ? layerNormGradKernel(dy, x, mean, rstd, weight) : [];
  if (!needs[0]) return [undefined, dweight, dbias];
  const viaMean = dmean && mul(column(dmean), 1 / n);
  const viaRstd = drstd && mul(sub(x, column(mean)), column(mul(mul(drstd, mul(rstd, mul(rstd, rstd))), -1 / n)));
  return [total(x.shape, dx, viaMean, viaRstd), dweight, dbias];
};

/**
 * The kernel gives dx = rstd (g - avg(g) - h avg(g h)) with g = dy w, dweight = sum dy h, dbias = sum dy. From their
 * gradients u, v, t: P(u), the same map applied to u, is what reaches g; h gets -rstd (u avg(g h) + g avg(u h)) + v dy.
 */
export const layerNormGradGradient: Gradient = ({ inputs: [dy, x, mean, rstd, weight] }, [u, v, t], needs) => {
  if (!dy || !x || !mean || !rstd) return [];
  const n = x.shape[1] ?? 1;
  const [m, r] = [column(mean), column(rstd)];
  const centred = sub(x, m);
  const h = mul(centred, r);
  const g = weight ? mul(dy, weight) : dy;
  const reached = u && layerNormGradKernel(u, x, mean, rstd)[0];
  const viaDx = u && neg(mul(mul(add(mul(u, rowSum(mul(g, h))), mul(g, rowSum(mul(u, h)))), 1 / n), r));
  const dh = total(x.shape, viaDx, v && mul(dy, v));
  const direct = u && rowSum(mul(u, sub(sub(g, mul(rowSum(g), 1 / n)), mul(h, mul(rowSum(mul(g, h)), 1 / n)))));
  const drstd = total([x.shape[0] ?? 0, 1], direct, dh && rowSum(mul(dh, centred)));
  return [
    needs[0] ? total(dy.shape, reached && (weight ? mul(reached, weight) : reached), v && mul(h, v), t) : undefined,
    needs[1] && dh ? mul(dh, r) : undefined,
    needs[2] && dh ? neg(sum(mul(dh, r), { axis: 1 })) : undefined,
    needs[3] && drstd ? reshape(drstd, rstd.shape) : undefined,
    needs[4] && reached ? sum(mul(dy, reached), { axis: 0 }) : undefined,
  ];
};
