/** Gaussian error linear unit. */
import { checkChoice, checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

export interface GeluOptions {
  /** 'none': by the error function. 'tanh': the approximation of the paper. Default 'none'. */
  readonly approximate?: 'none' | 'tanh';
}

/**
 * x Phi(x), Phi the distribution function of the normal distribution; elementwise. With `approximate: 'tanh'`,
 * x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
 *
 * @param x - Any shape; int32 and bool become float32.
 * @param options - `approximate` (default 'none').
 * @throws option: another approximation.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.gelu(tensor([-1, 0, 1])).array(); // => [-0.158655, 0, 0.841345]
 * await ops.gelu(tensor([1]), { approximate: 'tanh' }).array(); // => [0.841192]
 * ```
 * @see Hendrycks and Gimpel, "Gaussian error linear units", 2016.
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  checkOptions('gelu', options, ['approximate']);
  const approximate = checkChoice('gelu', 'approximate', options.approximate ?? 'none', ['none', 'tanh']);
  return unary(approximate === 'tanh' ? 'geluTanh' : 'gelu', x);
}
