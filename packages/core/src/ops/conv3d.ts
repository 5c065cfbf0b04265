/** Convolution over 3 spatial axes. */
import type { Tensor } from '../tensor/tensor';
import { type ConvOptions, convolve } from './conv';

/**
 * Cross-correlation, which networks call convolution: y[n, o, p] = b[o] + sum_c sum_k w[o, c, k] x[n, c, stride p + dilation k - padding].
 *
 * Along each axis the output has floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 elements.
 *
 * @param x - [N, C, D, H, W], float32.
 * @param weight - [O, C / groups, kD, kH, kW].
 * @param bias - [O]; omitted: none.
 * @returns [N, O, Do, Ho, Wo].
 * @throws shape: ranks or channels that do not agree, a kernel larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ones, ready } from '@parsimony/core';
 * await ready();
 * await ops.conv3d(ones([1, 1, 2, 2, 2]), ones([1, 1, 1, 2, 2])).array(); // => [[[[[4]], [[4]]]]]
 * ```
 */
export function conv3d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvOptions = {}): Tensor {
  return convolve(3, x, weight, bias, options);
}
