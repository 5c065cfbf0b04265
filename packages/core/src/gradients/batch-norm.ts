/**
 * Batch normalization over [N, C, S], with r = (variance + eps)^-1/2 and h = (x - mean) r, y = h w + b. The rules give
 * partial derivatives in every input and output, the statistics included, so that they hold to any order.
 */
import type { Gradient } from '../autograd/tape';
import { add } from '../ops/add';
import { batchNormGradKernel } from '../ops/batch-norm';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { reshape } from '../ops/reshape';
import { rsqrt } from '../ops/rsqrt';
import { sub } from '../ops/sub';
import { sum } from '../ops/sum';
import type { Tensor } from '../tensor/tensor';
import { total } from './total';

const spread = (x: Tensor): Tensor => reshape(x, [x.size, 1]);
const channelSum = (x: Tensor): Tensor => sum(x, { axis: [0, 2] });

/** dx of dy by the kernel, and what reaches x through the mean (dmean / m) and the variance (2 dvariance (x - mean) / m). */
export const batchNormGradient: Gradient = ({ inputs: [x, weight], outputs: [, mean, variance], scalars: [eps = 0] }, [dy, dmean, dvariance], needs) => {
  if (!x || !mean || !variance) return [];
  const count = x.size / mean.size;
  const [dx, dweight, dbias] = dy ? batchNormGradKernel(dy, x, mean, variance, weight, eps) : [];
  if (!needs[0]) return [undefined, dweight, dbias];
  const viaMean = dmean && spread(mul(dmean, 1 / count));
  const viaVariance = dvariance && mul(sub(x, spread(mean)), spread(mul(dvariance, 2 / count)));
  return [total(x.shape, dx, viaMean, viaVariance), dweight, dbias];
};

/** As for layer normalization, by channels; the kernel's r is a function of the variance: dr/dvariance = -r^3 / 2. */
export const batchNormGradGradient: Gradient = ({ inputs: [dy, x, mean, variance, weight], scalars: [eps = 0] }, [u, v, t], needs) => {
  if (!dy || !x || !mean || !variance) return [];
  const average = (z: Tensor): Tensor => spread(mul(channelSum(z), mean.size / x.size));
  const rstd = rsqrt(add(variance, eps));
  const r = spread(rstd);
  const centred = sub(x, spread(mean));
  const h = mul(centred, r);
  const g = weight ? mul(dy, spread(weight)) : dy;
  const reached = u && batchNormGradKernel(u, x, mean, variance, undefined, eps)[0];
  const viaDx = u && neg(mul(add(mul(u, average(mul(g, h))), mul(g, average(mul(u, h)))), r));
  const dh = total(x.shape, viaDx, v && mul(dy, spread(v)));
  const direct = u && channelSum(mul(u, sub(sub(g, average(g)), mul(h, average(mul(g, h))))));
  const drstd = total(mean.shape, direct, dh && channelSum(mul(dh, centred)));
  return [
    needs[0] ? total(dy.shape, reached && (weight ? mul(reached, spread(weight)) : reached), v && mul(h, spread(v)), t && spread(t)) : undefined,
    needs[1] && dh ? mul(dh, r) : undefined,
    needs[2] && dh ? neg(channelSum(mul(dh, r))) : undefined,
    needs[3] && drstd ? mul(drstd, mul(mul(rstd, mul(rstd, rstd)), -0.5)) : undefined,
    needs[4] && reached ? channelSum(mul(dy, reached)) : undefined,
  ];
};
