/** Transposed convolution over 3 spatial axes. */
import type { Tensor } from '../tensor/tensor';
import { type ConvTransposeOptions, convolveTransposed } from './conv-transpose';

/**
 * The adjoint of `conv3d` in its input, used to enlarge feature maps: y[n, o, stride p + dilation k - padding] += w[c, o, k] x[n, c, p], then + b[o].
 *
 * Along each axis the output has (in - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1 elements.
 *
 * @param x - [N, C, D, H, W], float32.
 * @param weight - [C, O / groups, kD, kH, kW].
 * @param bias - [O]; omitted: none.
 * @returns [N, O, Do, Ho, Wo].
 * @throws shape: ranks or channels that do not agree; option: a bad option.
 * @example
 * ```ts
 * import { ones, ops, ready } from '@parsimony/core';
 * await ready();
 * await ops.convTranspose3d(ones([1, 1, 1, 1, 1]), ones([1, 1, 1, 2, 2])).array(); // => [[[[[1, 1], [1, 1]]]]]
 * ```
 */
export function convTranspose3d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvTransposeOptions = {}): Tensor {
  return convolveTransposed(3, x, weight, bias, options);
}
