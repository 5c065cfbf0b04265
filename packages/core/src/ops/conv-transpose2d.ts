/** Transposed convolution over 2 spatial axes. */
import type { Tensor } from '../tensor/tensor';
import { type ConvTransposeOptions, convolveTransposed } from './conv-transpose';

/**
 * The adjoint of `conv2d` in its input, used to enlarge feature maps: y[n, o, stride p + dilation k - padding] += w[c, o, k] x[n, c, p], then + b[o].
 *
 * Along each axis the output has (in - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1 elements.
 *
 * @param x - [N, C, H, W], float32.
 * @param weight - [C, O / groups, kH, kW].
 * @param bias - [O]; omitted: none.
 * @returns [N, O, Ho, Wo].
 * @throws shape: ranks or channels that do not agree; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.convTranspose2d(tensor([[[[3]]]]), tensor([[[[1, 2], [3, 4]]]])).array(); // => [[[[3, 6], [9, 12]]]]
 * ```
 */
export function convTranspose2d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvTransposeOptions = {}): Tensor {
  return convolveTransposed(2, x, weight, bias, options);
}
