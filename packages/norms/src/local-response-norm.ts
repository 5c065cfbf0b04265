/** Local response normalization: neighbouring channels inhibit one another. */
import { checkNumber, checkOptions, fail, nn, ops, showShape, type Tensor } from '@parsimony/core';
import { checkInput } from './per-channel';

export interface LocalResponseNormOptions {
  /** Factor of the mean square of the neighbours, 0 or more. Default 1e-4. */
  readonly alpha?: number;
  /** Exponent, 0 or more. Default 0.75. */
  readonly beta?: number;
  /** Added to it, 0 or more. Default 1. */
  readonly k?: number;
}

function checkLocal(where: string, size: unknown, options: LocalResponseNormOptions): Required<LocalResponseNormOptions> & { readonly size: number } {
  checkOptions(where, options, ['alpha', 'beta', 'k']);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  return {
    size: checkNumber(where, 'size', size, { min: 1, integer: true }),
    alpha: checkNumber(where, 'alpha', alpha, { min: 0 }),
    beta: checkNumber(where, 'beta', beta, { min: 0 }),
    k: checkNumber(where, 'k', k, { min: 0 }),
  };
}

/**
 * y_c = x_c / (k + alpha / size * sum of x_j^2)^beta, over the `size` channels j from c - floor(size / 2) on; those that do not
 * exist count as 0. The same in training and evaluation.
 *
 * @param x - [N, C, ...], float32, with three axes or more.
 * @param size - Number of channels, 1 or more.
 * @throws shape: fewer than three axes. option: one out of range.
 * @see Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks" (2012), whose alpha is
 * PyTorch's divided by `size`; PyTorch's `local_response_norm`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { localResponseNorm } from '@parsimony/norms';
 * await ready();
 * // Nothing stands before channel 0, channel 0 before channel 1: 4 / (0.5 (0 + 16)) and 2 / (0.5 (16 + 4)).
 * await localResponseNorm(tensor([[[4], [2]]]), 2, { alpha: 1, beta: 1, k: 0 }).array(); // => [[[0.5], [0.2]]]
 * ```
 */
export function localResponseNorm(x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  const { size: window, alpha, beta, k } = checkLocal('localResponseNorm', size, options);
  checkInput('localResponseNorm', x);
  if (x.rank < 3) fail('shape', `localResponseNorm: \`x\` must be [N, C, ...] with three axes or more, received ${showShape(x.shape)}.`);
  if (x.size === 0) return x;
  const [samples = 1, channels = 1] = x.shape;
  const squares = ops.reshape(ops.square(x), [samples, 1, channels, x.size / (samples * channels)]);
  const padded = ops.pad(squares, [[0, 0], [0, 0], [Math.floor(window / 2), Math.floor((window - 1) / 2)], [0, 0]]);
  const around = ops.reshape(ops.avgPool2d(padded, [window, 1], { stride: 1 }), x.shape);
  return ops.div(x, ops.pow(ops.add(ops.mul(around, alpha), k), beta));
}

/**
 * Divides each channel by a power of the mean square of its neighbours; see `localResponseNorm`. Input [N, C, ...]. Nothing is
 * learned. PyTorch's `LocalResponseNorm`.
 *
 * @param size - Number of channels, 1 or more.
 * @throws option: an unknown option or one out of range. shape: fewer than three axes.
 * @see Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks" (2012).
 * @example
 * ```ts
 * import { ones, ready } from '@parsimony/core';
 * import { LocalResponseNorm } from '@parsimony/norms';
 * await ready();
 * new LocalResponseNorm(5).forward(ones([2, 8, 4, 4])).shape; // => [2, 8, 4, 4]
 * ```
 */
export class LocalResponseNorm extends nn.Module {
  readonly size: number;
  readonly options: Required<LocalResponseNormOptions>;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    const { size: checked, ...rest } = checkLocal('LocalResponseNorm', size, options);
    this.size = checked;
    this.options = rest;
  }

  protected compute(x: Tensor): Tensor { return localResponseNorm(x, this.size, this.options); }
}
