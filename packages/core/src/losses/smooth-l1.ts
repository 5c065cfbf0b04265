/** The smooth absolute error: Huber's loss divided by its threshold. */
import { checkNumber, checkOptions } from '../options';
import { abs } from '../ops/abs';
import { mul } from '../ops/mul';
import { sub } from '../ops/sub';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { huberTerms } from './huber';
import { defineValueLoss, pair, reduce, type Terms } from './loss';
import type { ReductionOptions } from './mse';

export interface SmoothL1Options {
  /** Where the square becomes a line; 0 or more, and 0 gives the absolute error. Default 1. */
  readonly beta?: number;
}

const checkBeta = (beta: unknown): number => checkNumber('smoothL1', 'beta', beta, { min: 0 });

function terms(input: Tensor, target: Tensor, beta: number): Terms {
  if (beta > 0) {
    const { each, denominator } = huberTerms('smoothL1', input, target, beta);
    return { each: mul(each, 1 / beta), denominator };
  }
  pair('smoothL1', input, target);
  return { each: abs(sub(input, target)), denominator: input.size };
}

/**
 * d^2 / (2 beta) where |d| < beta, |d| - beta / 2 beyond, with d = input - target; averaged over all elements.
 *
 * @param input - Any shape; float32.
 * @param target - Of the same shape.
 * @throws shape: different shapes. option: `beta` below 0.
 * @see Girshick, "Fast R-CNN", arXiv:1504.08083.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * await losses.functional.smoothL1(tensor([1, 3]), tensor([0, 0]), { beta: 2, reduction: 'none' }).array(); // => [0.25, 2]
 * ```
 */
export function smoothL1Function(input: Tensor, target: Tensor, options: SmoothL1Options & ReductionOptions = {}): Tensor {
  checkOptions('smoothL1', options, ['beta', 'reduction']);
  return reduce('smoothL1', terms(input, target, checkBeta(options.beta ?? 1)), options.reduction);
}

/**
 * The smooth absolute error of outputs and values, averaged over all elements. For targets of kind 'value'.
 *
 * @throws option: `beta` below 0; from the loss, shape: outputs and values of different shapes; data: class labels.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.smoothL1({ beta: 2 });
 * const { sum, denominator } = loss(tensor([1, 3]), { kind: 'value', values: tensor([0, 0]) });
 * await ops.div(sum, denominator).item(); // => 1.125
 * ```
 */
export function smoothL1(options: SmoothL1Options = {}): LossFunction {
  checkOptions('smoothL1', options, ['beta']);
  const beta = checkBeta(options.beta ?? 1);
  return defineValueLoss('smoothL1', { beta }, (input, target) => terms(input, target, beta));
}
