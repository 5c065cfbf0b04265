/** Binary cross entropy of probabilities. */
import { customGradient } from '../autograd/custom';
import { checkOptions } from '../options';
import { add } from '../ops/add';
import { div } from '../ops/div';
import { log } from '../ops/log';
import { maximum } from '../ops/maximum';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { sub } from '../ops/sub';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { defineValueLoss, pair, reduce, type Terms } from './loss';
import type { ReductionOptions } from './mse';
import { checkWeight, factorOf, type WeightOption } from './weights';

export interface BceOptions {
  /** Factors of the terms; broadcasts with the input. Default: none. */
  readonly weight?: WeightOption;
}

const logOf = (p: Tensor): Tensor => maximum(log(p), -100);
const complement = (p: Tensor): Tensor => sub(1, p);

// With a rule of its own, since at p of 0 and 1 the composite form's derivative would be 0 times infinity.
const crossEntropy = customGradient(
  (p, t) => neg(add(mul(t, logOf(p as Tensor)), mul(complement(t as Tensor), logOf(complement(p as Tensor))))),
  (dy, [p, t]) => {
    if (!p || !t) return [];
    const spread = maximum(mul(p, complement(p)), 1e-12);
    return [mul(dy, div(sub(p, t), spread)), mul(dy, sub(logOf(complement(p)), logOf(p)))];
  },
);

function terms(input: Tensor, target: Tensor, weight: WeightOption | undefined): Terms {
  pair('bce', input, target);
  const each = crossEntropy(input, target);
  return { each: weight === undefined ? each : mul(each, factorOf('bce', 'weight', each, weight)), denominator: input.size };
}

/**
 * -(t log p + (1 - t) log(1 - p)), averaged over all elements; logarithms are held at -100 or more, as in PyTorch.
 *
 * @param input - p: any shape; probabilities in [0, 1]. For scores use `bceWithLogits`, which is exact at the ends.
 * @param target - t: of the same shape, in [0, 1].
 * @throws shape: different shapes, or a weight that does not broadcast.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * await losses.functional.bce(tensor([0.5, 1]), tensor([1, 1]), { reduction: 'sum' }).item(); // => Math.LN2
 * ```
 */
export function bceFunction(input: Tensor, target: Tensor, options: BceOptions & ReductionOptions = {}): Tensor {
  checkOptions('bce', options, ['weight', 'reduction']);
  return reduce('bce', terms(input, target, options.weight), options.reduction);
}

/**
 * Binary cross entropy of probabilities, averaged over all elements. For targets of kind 'value' or 'soft'.
 *
 * @throws option: a weight that is none; from the loss, shape: outputs and target of different shapes; data: class labels.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.bce();
 * const { sum, denominator } = loss(tensor([0.5, 0.5]), { kind: 'value', values: tensor([1, 0]) });
 * await ops.div(sum, denominator).item(); // => Math.LN2
 * ```
 */
export function bce(options: { readonly weight?: readonly number[] } = {}): LossFunction {
  checkOptions('bce', options, ['weight']);
  if (options.weight !== undefined) checkWeight('bce', 'weight', options.weight);
  return defineValueLoss('bce', { ...options }, (input, target) => terms(input, target, options.weight));
}
