/** A smooth rectifier. */
import { checkNumber, checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import { affine, unary } from './elementwise';

export interface SoftplusOptions {
  /** Sharpness of the bend; above 0. Default 1. */
  readonly beta?: number;
}

/**
 * ln(1 + e^(beta x)) / beta, elementwise. Computed without overflow, so it needs none of PyTorch's `threshold`.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @param options - `beta` (default 1).
 * @throws option: beta is not above 0.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.softplus(tensor([-1, 0, 100])).array(); // => [0.313262, 0.693147, 100]
 * ```
 */
export function softplus(x: Tensor, options: SoftplusOptions = {}): Tensor {
  checkOptions('softplus', options, ['beta']);
  const beta = checkNumber('softplus', 'beta', options.beta ?? 1, { min: 0, minExclusive: true });
  return beta === 1 ? unary('softplus', x) : affine(unary('softplus', affine(x, beta)), 1 / beta);
}
