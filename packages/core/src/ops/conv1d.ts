/** Convolution over 1 spatial axis. */
import type { Tensor } from '../tensor/tensor';
import { type ConvOptions, convolve } from './conv';

/**
 * Cross-correlation, which networks call convolution: y[n, o, p] = b[o] + sum_c sum_k w[o, c, k] x[n, c, stride p + dilation k - padding].
 *
 * Along each axis the output has floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 elements.
 *
 * @param x - [N, C, L], float32.
 * @param weight - [O, C / groups, kL].
 * @param bias - [O]; omitted: none.
 * @returns [N, O, Lo].
 * @throws shape: ranks or channels that do not agree, a kernel larger than the padded input; option: a bad option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.conv1d(tensor([[[1, 2, 3, 4]]]), tensor([[[1, -1]]])).array(); // => [[[-1, -1, -1]]]
 * ```
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvOptions = {}): Tensor {
  return convolve(1, x, weight, bias, options);
}
