/** Convolution over 2 spatial axes. */
import type { Tensor } from '../tensor/tensor';
import { type ConvOptions, convolve } from './conv';

/**
 * Cross-correlation, which networks call convolution: y[n, o, p] = b[o] + sum_c sum_k w[o, c, k] x[n, c, stride p + dilation k - padding].
 *
 * Along each axis the output has floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 elements.
 *
 * @param x - [N, C, H, W], float32.
 * @param weight - [O, C / groups, kH, kW].
 * @param bias - [O]; omitted: none.
 * @returns [N, O, Ho, Wo].
 * @throws shape: ranks or channels that do not agree, a kernel larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.conv2d(tensor([[[[1, 2], [3, 4]]]]), tensor([[[[1, 0], [0, 1]]]])).array(); // => [[[[5]]]]
 * ```
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvOptions = {}): Tensor {
  return convolve(2, x, weight, bias, options);
}
