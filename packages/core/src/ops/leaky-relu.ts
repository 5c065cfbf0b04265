/** Rectifier with a slope below zero. */
import { checkNumber, checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

export interface LeakyReluOptions {
  /** The slope where x is not above 0. Default 0.01. */
  readonly negativeSlope?: number;
}

/**
 * x where x > 0, else negativeSlope x; elementwise. Its gradient at 0 is the slope.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @param options - `negativeSlope` (default 0.01).
 * @throws option: a slope that is not a finite number.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.leakyRelu(tensor([-1, 2]), { negativeSlope: 0.2 }).array(); // => [-0.2, 2]
 * ```
 */
export function leakyRelu(x: Tensor, options: LeakyReluOptions = {}): Tensor {
  checkOptions('leakyRelu', options, ['negativeSlope']);
  return unary('leakyRelu', x, [checkNumber('leakyRelu', 'negativeSlope', options.negativeSlope ?? 0.01)]);
}
