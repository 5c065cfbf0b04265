/** Binary cross entropy of scores. */
import { checkOptions } from '../options';
import { add } from '../ops/add';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { softplus } from '../ops/softplus';
import { sub } from '../ops/sub';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { defineValueLoss, pair, reduce, type Terms } from './loss';
import type { ReductionOptions } from './mse';
import { checkWeight, factorOf, type WeightOption } from './weights';

export interface BceWithLogitsOptions {
  /** Factors of the terms; broadcasts with the input. Default: none. */
  readonly weight?: WeightOption;
  /** Factors of the terms where the target is 1, against rare positives; broadcasts with the input. Default: none. */
  readonly posWeight?: WeightOption;
}

/** (1 - t) x + (1 + (w - 1) t) softplus(-x), which overflows nowhere. */
function terms(input: Tensor, target: Tensor, { weight, posWeight }: BceWithLogitsOptions): Terms {
  const where = 'bceWithLogits';
  pair(where, input, target);
  const tail = softplus(neg(input));
  const scaled = posWeight === undefined ? tail : mul(tail, add(mul(sub(factorOf(where, 'posWeight', input, posWeight), 1), target), 1));
  const each = add(mul(sub(1, target), input), scaled);
  return { each: weight === undefined ? each : mul(each, factorOf(where, 'weight', each, weight)), denominator: input.size };
}

/**
 * -(w t log sigmoid(x) + (1 - t) log(1 - sigmoid(x))), averaged over all elements, exact for scores of any size.
 *
 * @param input - x: scores of any shape; float32.
 * @param target - t: of the same shape, in [0, 1].
 * @throws shape: different shapes, or weights that do not broadcast.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * await losses.functional.bceWithLogits(tensor([0, 500]), tensor([1, 1]), { reduction: 'none' }).array(); // => [Math.LN2, 0]
 * ```
 */
export function bceWithLogitsFunction(input: Tensor, target: Tensor, options: BceWithLogitsOptions & ReductionOptions = {}): Tensor {
  checkOptions('bceWithLogits', options, ['weight', 'posWeight', 'reduction']);
  return reduce('bceWithLogits', terms(input, target, options), options.reduction);
}

/**
 * Binary cross entropy of scores, averaged over all elements. For targets of kind 'value' or 'soft'.
 *
 * @throws option: a weight that is none; from the loss, shape: outputs and target of different shapes; data: class labels.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.bceWithLogits();
 * const { sum, denominator } = loss(tensor([0, 0]), { kind: 'value', values: tensor([1, 0]) });
 * await ops.div(sum, denominator).item(); // => Math.LN2
 * ```
 */
export function bceWithLogits(options: { readonly weight?: readonly number[]; readonly posWeight?: readonly number[] } = {}): LossFunction {
  checkOptions('bceWithLogits', options, ['weight', 'posWeight']);
  for (const name of ['weight', 'posWeight'] as const) if (options[name] !== undefined) checkWeight('bceWithLogits', name, options[name]);
  return defineValueLoss('bceWithLogits', { ...options }, (input, target) => terms(input, target, options));
}
