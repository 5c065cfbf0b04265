/** Mean squared error. */
import { checkOptions } from '../options';
import { square } from '../ops/square';
import { sub } from '../ops/sub';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { defineValueLoss, pair, reduce, type Reduction, type Terms } from './loss';

/** Options of the functions of losses that have no others. */
export interface ReductionOptions {
  /** Default 'mean'. */
  readonly reduction?: Reduction;
}

function terms(input: Tensor, target: Tensor): Terms {
  pair('mse', input, target);
  return { each: square(sub(input, target)), denominator: input.size };
}

/**
 * (input - target)^2, averaged over all elements.
 *
 * @param input - Any shape; float32.
 * @param target - Of the same shape.
 * @throws shape: different shapes.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * await losses.functional.mse(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 * ```
 */
export function mseFunction(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  checkOptions('mse', options, ['reduction']);
  return reduce('mse', terms(input, target), options.reduction);
}

/**
 * The loss (outputs - values)^2, averaged over all elements. For targets of kind 'value'.
 *
 * @throws from the loss, shape: outputs and values of different shapes; data: class labels.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.mse();
 * const { sum, denominator } = loss(tensor([1, 2]), { kind: 'value', values: tensor([1, 4]) });
 * await ops.div(sum, denominator).item(); // => 2
 * ```
 */
export function mse(): LossFunction {
  return defineValueLoss('mse', {}, terms);
}
