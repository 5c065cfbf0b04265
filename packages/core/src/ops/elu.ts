/** Exponential linear unit. */
import { checkNumber, checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

export interface EluOptions {
  /** The value approached, negated, where x falls. Default 1. */
  readonly alpha?: number;
}

/**
 * x where x > 0, else alpha (e^x - 1); elementwise.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @param options - `alpha` (default 1).
 * @throws option: alpha is not a finite number.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.elu(tensor([-1, 2])).array(); // => [-0.632121, 2]
 * ```
 * @see Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2015.
 */
export function elu(x: Tensor, options: EluOptions = {}): Tensor {
  checkOptions('elu', options, ['alpha']);
  return unary('elu', x, [checkNumber('elu', 'alpha', options.alpha ?? 1)]);
}
