/**
 * Convolution over three spatial axes and its two adjoints. Each is linear in both inputs, and the gradient of each is made
 * of the others, so the family is closed under differentiation.
 */
import type { ConvAttrs, Triple } from '../kernels/structured';
import type { Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { dispatchOne } from './dispatch';

/** x [N, C, D, H, W], weight [O, C/groups, ...] -> [N, O, ...out]. */
export function convKernel(x: Tensor, weight: Tensor, out: Triple, attrs: ConvAttrs): Tensor {
  return dispatchOne('conv', [x, weight], [x.shape[0] ?? 0, weight.shape[0] ?? 0, ...out], 'float32', { attrs: { ...attrs } });
}

/** dy, weight -> dx of `shape`: the adjoint in x, which is the transposed convolution. */
export function convInputGradKernel(dy: Tensor, weight: Tensor, shape: Shape, attrs: ConvAttrs): Tensor {
  return dispatchOne('convInputGrad', [dy, weight], shape, 'float32', { attrs: { ...attrs } });
}

/** x, dy -> dweight of `shape`: the adjoint in the weight. */
export function convWeightGradKernel(x: Tensor, dy: Tensor, shape: Shape, attrs: ConvAttrs): Tensor {
  return dispatchOne('convWeightGrad', [x, dy], shape, 'float32', { attrs: { ...attrs } });
}
