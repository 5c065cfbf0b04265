/** Mean absolute error. */
import { checkOptions } from '../options';
import { abs } from '../ops/abs';
import { sub } from '../ops/sub';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { defineValueLoss, pair, reduce, type Terms } from './loss';
import type { ReductionOptions } from './mse';

function terms(input: Tensor, target: Tensor): Terms {
  pair('l1', input, target);
  return { each: abs(sub(input, target)), denominator: input.size };
}

/**
 * |input - target|, averaged over all elements.
 *
 * @param input - Any shape; float32.
 * @param target - Of the same shape.
 * @throws shape: different shapes.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * await losses.functional.l1(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 * ```
 */
export function l1Function(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  checkOptions('l1', options, ['reduction']);
  return reduce('l1', terms(input, target), options.reduction);
}

/**
 * The loss |outputs - values|, averaged over all elements. For targets of kind 'value'.
 *
 * @throws from the loss, shape: outputs and values of different shapes; data: class labels.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.l1();
 * const { sum, denominator } = loss(tensor([1, 2]), { kind: 'value', values: tensor([1, 4]) });
 * await ops.div(sum, denominator).item(); // => 1
 * ```
 */
export function l1(): LossFunction {
  return defineValueLoss('l1', {}, terms);
}
