/** Maximum pooling. */
import { checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import { dispatch } from './dispatch';
import { type PoolOptions, pooledShape, pooling } from './pool';
import { lower, type PerAxis, type SpatialRank } from './spatial';

export interface MaxPoolOptions extends PoolOptions {
  /** Spacing of the window's elements. Default 1. */
  readonly dilation?: PerAxis;
}

function maxPool(rank: SpatialRank, x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions): Tensor {
  const where = `maxPool${rank}d`;
  checkOptions(where, options, ['stride', 'padding', 'dilation', 'ceilMode']);
  const { lifted, window, out } = pooling(where, rank, x, kernelSize, options);
  const shape = pooledShape(lifted, out);
  const [y] = dispatch('maxPool', [lifted], [{ shape, dtype: 'float32' }, { shape, dtype: 'int32' }], { attrs: { ...window } });
  return lower(y as Tensor, rank);
}

/**
 * The largest element of each window; margins count as -infinity, and the first of equal ones takes the gradient.
 *
 * Along each axis the output has floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 elements; rounded up with `ceilMode`.
 *
 * @param x - [N, C, L], float32.
 * @param kernelSize - Size of the window.
 * @returns [N, C, Lo].
 * @throws shape: x of another rank, a window larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.maxPool1d(tensor([[[1, 4, 2, 3]]]), 2).array(); // => [[[4, 3]]]
 * ```
 */
export const maxPool1d = (x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions = {}): Tensor => maxPool(1, x, kernelSize, options);

/**
 * The largest element of each window; margins count as -infinity, and the first of equal ones takes the gradient.
 *
 * Along each axis the output has floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 elements; rounded up with `ceilMode`.
 *
 * @param x - [N, C, H, W], float32.
 * @param kernelSize - Size of the window, one number or one an axis.
 * @returns [N, C, Ho, Wo].
 * @throws shape: x of another rank, a window larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.maxPool2d(tensor([[[[1, 4, 2, 3]]]]), [1, 2]).array(); // => [[[[4, 3]]]]
 * ```
 */
export const maxPool2d = (x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions = {}): Tensor => maxPool(2, x, kernelSize, options);

/**
 * The largest element of each window; margins count as -infinity, and the first of equal ones takes the gradient.
 *
 * Along each axis the output has floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 elements; rounded up with `ceilMode`.
 *
 * @param x - [N, C, D, H, W], float32.
 * @param kernelSize - Size of the window, one number or one an axis.
 * @returns [N, C, Do, Ho, Wo].
 * @throws shape: x of another rank, a window larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.maxPool3d(tensor([[[[[1, 4, 2, 3]]]]]), [1, 1, 2]).array(); // => [[[[[4, 3]]]]]
 * ```
 */
export const maxPool3d = (x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions = {}): Tensor => maxPool(3, x, kernelSize, options);
