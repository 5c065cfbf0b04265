/** Average pooling. */
import { checkBoolean, checkNumber, checkOptions } from '../options';
import type { AvgPoolAttrs, Triple } from '../kernels/structured';
import type { Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { dispatchOne } from './dispatch';
import { type PoolOptions, pooledShape, pooling } from './pool';
import { lower, type PerAxis, type SpatialRank } from './spatial';

export interface AvgPoolOptions extends PoolOptions {
  /** Count the zeros of the margin in the average. Default true. */
  readonly countIncludePad?: boolean;
  /** Divide by this instead of by the size of the window. Default: not given. */
  readonly divisorOverride?: number;
}

/** @internal x [N, C, D, H, W] -> [N, C, ...out]. */
export function avgPoolKernel(x: Tensor, out: Triple, attrs: AvgPoolAttrs): Tensor {
  return dispatchOne('avgPool', [x], pooledShape(x, out), 'float32', { attrs: { ...attrs } });
}

/** @internal Its adjoint: dy -> dx of `shape`. */
export function avgPoolGradKernel(dy: Tensor, shape: Shape, attrs: AvgPoolAttrs): Tensor {
  return dispatchOne('avgPoolGrad', [dy], shape, 'float32', { attrs: { ...attrs } });
}

function avgPool(rank: SpatialRank, x: Tensor, kernelSize: PerAxis, options: AvgPoolOptions): Tensor {
  const where = `avgPool${rank}d`;
  checkOptions(where, options, ['stride', 'padding', 'ceilMode', 'countIncludePad', 'divisorOverride']);
  const countIncludePad = checkBoolean(where, 'countIncludePad', options.countIncludePad ?? true);
  const divisor = options.divisorOverride === undefined ? 0 : checkNumber(where, 'divisorOverride', options.divisorOverride, { min: 1, integer: true });
  const { lifted, window: { kernel, stride, padding }, out } = pooling(where, rank, x, kernelSize, options);
  return lower(avgPoolKernel(lifted, out, { kernel, stride, padding, countIncludePad, divisor }), rank);
}

/**
 * The mean of each window.
 *
 * Along each axis the output has floor((in + 2 padding - kernel) / stride) + 1 elements; rounded up with `ceilMode`.
 *
 * @param x - [N, C, L], float32.
 * @param kernelSize - Size of the window.
 * @returns [N, C, Lo].
 * @throws shape: x of another rank, a window larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.avgPool1d(tensor([[[1, 3, 2, 4]]]), 2).array(); // => [[[2, 3]]]
 * ```
 */
export const avgPool1d = (x: Tensor, kernelSize: PerAxis, options: AvgPoolOptions = {}): Tensor => avgPool(1, x, kernelSize, options);

/**
 * The mean of each window.
 *
 * Along each axis the output has floor((in + 2 padding - kernel) / stride) + 1 elements; rounded up with `ceilMode`.
 *
 * @param x - [N, C, H, W], float32.
 * @param kernelSize - Size of the window, one number or one an axis.
 * @returns [N, C, Ho, Wo].
 * @throws shape: x of another rank, a window larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.avgPool2d(tensor([[[[1, 3, 2, 4]]]]), [1, 2]).array(); // => [[[[2, 3]]]]
 * ```
 */
export const avgPool2d = (x: Tensor, kernelSize: PerAxis, options: AvgPoolOptions = {}): Tensor => avgPool(2, x, kernelSize, options);

/**
 * The mean of each window.
 *
 * Along each axis the output has floor((in + 2 padding - kernel) / stride) + 1 elements; rounded up with `ceilMode`.
 *
 * @param x - [N, C, D, H, W], float32.
 * @param kernelSize - Size of the window, one number or one an axis.
 * @returns [N, C, Do, Ho, Wo].
 * @throws shape: x of another rank, a window larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.avgPool3d(tensor([[[[[1, 3, 2, 4]]]]]), [1, 1, 2]).array(); // => [[[[[2, 3]]]]]
 * ```
 */
export const avgPool3d = (x: Tensor, kernelSize: PerAxis, options: AvgPoolOptions = {}): Tensor => avgPool(3, x, kernelSize, options);
