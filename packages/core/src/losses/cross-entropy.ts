/** Cross entropy of scores against class labels or distributions. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { asTensor, expectDType } from '../ops/convert';
import { logSoftmax } from '../ops/log-softmax';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction, Target } from '../types';
import { classAxisOf, type ClassOptions, type ClassSettings, indexTerms, softTerms } from './class-terms';
import { defineLoss, reduce, type Reduction, type Terms } from './loss';
import { checkWeight } from './weights';

export interface CrossEntropyOptions extends ClassOptions {
  /** e: the target becomes (1 - e) y + e / C; in [0, 1]. Default 0. */
  readonly labelSmoothing?: number;
}

const known = ['weight', 'ignoreIndex', 'labelSmoothing', 'classAxis'] as const;

function check(options: CrossEntropyOptions, extra: readonly string[] = []): ClassSettings {
  const where = 'crossEntropy';
  checkOptions(where, options, [...known, ...extra]);
  if (options.weight !== undefined) checkWeight(where, 'weight', options.weight);
  if (options.ignoreIndex !== undefined) checkNumber(where, 'ignoreIndex', options.ignoreIndex, { integer: true });
  if (options.classAxis !== undefined) checkNumber(where, 'classAxis', options.classAxis, { integer: true });
  return { ...options, where, labelSmoothing: checkNumber(where, 'labelSmoothing', options.labelSmoothing ?? 0, { min: 0, max: 1 }) };
}

function logProbabilities(input: Tensor, { classAxis }: ClassSettings): Tensor {
  expectDType('crossEntropy', 'input', asTensor('crossEntropy', 'input', input), 'float32');
  if (input.rank === 0) fail('shape', 'crossEntropy: `input` must be [N, C, ...], received a tensor without axes.');
  return logSoftmax(input, classAxisOf('crossEntropy', input, classAxis));
}

/**
 * -sum_c w_c y_c log softmax(x)_c for each target, put together with PyTorch's rules: the mean over class labels divides by
 * the sum of their weights (ignored ones count nothing), that over distributions by their number.
 *
 * @param input - x: scores [N, C], [N, C, ...] or [C]; float32. With `classAxis: -1`, [..., C].
 * @param target - Labels: int32, the input's shape without the classes. Or distributions: float32, of the input's shape.
 * @throws shape: sizes that do not agree; range: a label out of range; option: a bad option.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * const scores = tensor([[0, 0], [Math.log(3), 0]]);
 * const labels = tensor([1, 0], { dtype: 'int32' });
 * await losses.functional.crossEntropy(scores, labels, { reduction: 'none' }).array(); // => [Math.LN2, Math.log(4 / 3)]
 * ```
 */
export function crossEntropyFunction(input: Tensor, target: Tensor, options: CrossEntropyOptions & { readonly reduction?: Reduction } = {}): Tensor {
  const settings = check(options, ['reduction']);
  const logP = logProbabilities(input, settings);
  const terms = asTensor('crossEntropy', 'target', target).dtype === 'float32' ? softTerms(logP, target, settings) : indexTerms(logP, target, settings);
  return reduce('crossEntropy', terms, options.reduction);
}

/**
 * The cross entropy of scores, for targets of kind 'index' and 'soft'. `weight`: one number a class.
 *
 * @throws option: a bad option.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.crossEntropy({ weight: [1, 3] });
 * const labels = tensor([0, 1], { dtype: 'int32' });
 * const { sum, denominator } = loss(tensor([[0, 0], [0, 0]]), { kind: 'index', labels, numClasses: 2 });
 * await denominator.item(); // => 4
 * await sum.item(); // => 4 * Math.LN2
 * ```
 */
export function crossEntropy(options: Omit<CrossEntropyOptions, 'weight'> & { readonly weight?: readonly number[] } = {}): LossFunction {
  const settings = check(options);
  return defineLoss('crossEntropy', { ...options }, (outputs, target): Terms => {
    const logP = logProbabilities(outputs, settings);
    if (target.kind === 'index') {
      checkClasses(logP, target, settings);
      return indexTerms(logP, target.labels, target.ignoreIndex === undefined ? settings : { ...settings, ignoreIndex: target.ignoreIndex });
    }
    if (target.kind === 'soft') return softTerms(logP, target.probs, settings, target);
    return fail('data', "crossEntropy: expected a target of kind 'index' or 'soft', received kind 'value'. For numbers use `losses.mse`.");
  });
}

function checkClasses(logP: Tensor, target: Target & { readonly kind: 'index' }, settings: ClassSettings): void {
  const classes = logP.shape[classAxisOf('crossEntropy', logP, settings.classAxis)];
  if (classes !== target.numClasses) fail('shape', `crossEntropy: the data have ${target.numClasses} classes, the outputs ${classes}. Give the last layer ${target.numClasses} outputs.`);
}
