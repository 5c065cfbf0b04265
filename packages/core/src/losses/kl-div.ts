/** Kullback and Leibler's divergence. */
import { checkBoolean, checkChoice, checkOptions } from '../options';
import { div } from '../ops/div';
import { exp } from '../ops/exp';
import { greater } from '../ops/greater';
import { log } from '../ops/log';
import { mul } from '../ops/mul';
import { sub } from '../ops/sub';
import { sum } from '../ops/sum';
import { where } from '../ops/where';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { defineValueLoss, pair, reduce, type Reduction } from './loss';

export interface KlDivOptions {
  /** The target holds logarithms too. Default false. */
  readonly logTarget?: boolean;
}

function each(input: Tensor, target: Tensor, logTarget: boolean): Tensor {
  pair('klDiv', input, target);
  if (logTarget) return mul(exp(target), sub(target, input));
  // t log t is 0 at 0, and log must not see that 0, or its derivative would be infinite.
  const positive = greater(target, 0);
  const entropy = where(positive, mul(target, log(where(positive, target, 1))), 0);
  return sub(entropy, mul(target, input));
}

const batchOf = (input: Tensor): number => input.shape[0] ?? 1;

/**
 * KL(t || p) = t (log t - log p), element by element.
 *
 * @param input - log p: any shape, as from `ops.logSoftmax`.
 * @param target - t: of the same shape, probabilities; their logarithms with `logTarget`.
 * @param options - `reduction`: 'mean' (default) divides by all elements, 'batchmean' by the first axis, which is the divergence itself.
 * @throws shape: different shapes.
 * @see Kullback, Leibler, "On information and sufficiency" (1951).
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * const logP = tensor([[Math.log(0.5), Math.log(0.5)]]);
 * await losses.functional.klDiv(logP, tensor([[1, 0]]), { reduction: 'batchmean' }).item(); // => Math.LN2
 * ```
 */
export function klDivFunction(input: Tensor, target: Tensor, options: KlDivOptions & { readonly reduction?: Reduction | 'batchmean' } = {}): Tensor {
  checkOptions('klDiv', options, ['logTarget', 'reduction']);
  const { reduction = 'mean' } = options;
  checkChoice('klDiv', 'reduction', reduction, ['mean', 'batchmean', 'sum', 'none']);
  const terms = each(input, target, checkBoolean('klDiv', 'logTarget', options.logTarget ?? false));
  if (reduction === 'batchmean') return div(sum(terms), batchOf(input));
  return reduce('klDiv', { each: terms, denominator: input.size }, reduction);
}

/**
 * The divergence of the targets from the outputs, which are log-probabilities. For targets of kind 'soft' or 'value'.
 * `reduction`: 'mean' (PyTorch's default) divides by all elements, 'batchmean' by the size of the batch.
 *
 * @throws option: a bad option; from the loss, shape: outputs and target of different shapes; data: class labels.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.klDiv({ reduction: 'batchmean' });
 * const { sum, denominator } = loss(tensor([[-Math.LN2, -Math.LN2]]), { kind: 'soft', probs: tensor([[1, 0]]) });
 * await ops.div(sum, denominator).item(); // => Math.LN2
 * ```
 */
export function klDiv(options: KlDivOptions & { readonly reduction?: 'mean' | 'batchmean' } = {}): LossFunction {
  checkOptions('klDiv', options, ['logTarget', 'reduction']);
  const logTarget = checkBoolean('klDiv', 'logTarget', options.logTarget ?? false);
  const reduction = checkChoice('klDiv', 'reduction', options.reduction ?? 'mean', ['mean', 'batchmean']);
  return defineValueLoss('klDiv', { logTarget, reduction }, (input, target) => ({
    each: each(input, target, logTarget), denominator: reduction === 'mean' ? input.size : batchOf(input),
  }));
}
