/** Pooling. Averages are linear, so their gradients are their adjoints; a maximum hands its gradient to where it was. */
import type { Gradient } from '../autograd/tape';
import type { AvgPoolAttrs } from '../kernels/structured';
import { adaptiveAvgPoolGradKernel, adaptiveAvgPoolKernel } from '../ops/adaptive-pool';
import { avgPoolGradKernel, avgPoolKernel } from '../ops/avg-pool';
import { dispatchOne } from '../ops/dispatch';
import { reshape } from '../ops/reshape';
import { spatialOf } from '../ops/spatial';
import { sizeOf } from '../tensor/shape';

/** Serves maxPool and adaptiveMaxPool: both give indices into D*H*W. */
export const maxPoolGradient: Gradient = ({ inputs: [x], outputs: [y, index] }, [dy]) => {
  if (!x || !y || !index || !dy) return [];
  const planes = (x.shape[0] ?? 0) * (x.shape[1] ?? 0);
  const cells = sizeOf(y.shape.slice(2));
  const dx = dispatchOne('scatterAdd', [reshape(dy, [planes, cells, 1]), reshape(index, [planes, cells, 1])], [planes, sizeOf(x.shape.slice(2)), 1], 'float32');
  return [reshape(dx, x.shape)];
};

export const avgPoolGradient: Gradient = ({ inputs: [x], attrs }, [dy]) =>
  x && dy ? [avgPoolGradKernel(dy, x.shape, attrs as unknown as AvgPoolAttrs)] : [];

export const avgPoolGradGradient: Gradient = ({ inputs: [dy], attrs }, [ddx]) =>
  dy && ddx ? [avgPoolKernel(ddx, spatialOf(dy.shape), attrs as unknown as AvgPoolAttrs)] : [];

export const adaptiveAvgPoolGradient: Gradient = ({ inputs: [x] }, [dy]) =>
  x && dy ? [adaptiveAvgPoolGradKernel(dy, x.shape)] : [];

export const adaptiveAvgPoolGradGradient: Gradient = ({ inputs: [dy] }, [ddx]) =>
  dy && ddx ? [adaptiveAvgPoolKernel(ddx, spatialOf(dy.shape))] : [];
