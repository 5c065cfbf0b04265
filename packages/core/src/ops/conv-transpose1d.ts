/** Transposed convolution over 1 spatial axis. */
import type { Tensor } from '../tensor/tensor';
import { type ConvTransposeOptions, convolveTransposed } from './conv-transpose';

/**
 * The adjoint of `conv1d` in its input, used to enlarge feature maps: y[n, o, stride p + dilation k - padding] += w[c, o, k] x[n, c, p], then + b[o].
 *
 * Along each axis the output has (in - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1 elements.
 *
 * @param x - [N, C, L], float32.
 * @param weight - [C, O / groups, kL].
 * @param bias - [O]; omitted: none.
 * @returns [N, O, Lo].
 * @throws shape: ranks or channels that do not agree; option: a bad option.
 * @example
 * ```ts
 * import { ones, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.convTranspose1d(ones([1, 1, 2]), tensor([[[1, 2]]]), null, { stride: 2 }).array(); // => [[[1, 2, 1, 2]]]
 * ```
 */
export function convTranspose1d(x: Tensor, weight: Tensor, bias?: Tensor | null, options: ConvTransposeOptions = {}): Tensor {
  return convolveTransposed(1, x, weight, bias, options);
}
