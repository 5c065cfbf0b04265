/** Negative log-likelihood of class labels. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { asTensor, expectDType } from '../ops/convert';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { type ClassOptions, type ClassSettings, indexTerms } from './class-terms';
import { defineLoss, reduce, type Reduction, type Terms } from './loss';
import { checkWeight } from './weights';

function check(options: ClassOptions, extra: readonly string[] = []): ClassSettings {
  checkOptions('nll', options, ['weight', 'ignoreIndex', 'classAxis', ...extra]);
  if (options.weight !== undefined) checkWeight('nll', 'weight', options.weight);
  if (options.ignoreIndex !== undefined) checkNumber('nll', 'ignoreIndex', options.ignoreIndex, { integer: true });
  if (options.classAxis !== undefined) checkNumber('nll', 'classAxis', options.classAxis, { integer: true });
  return { ...options, where: 'nll', labelSmoothing: 0 };
}

function terms(input: Tensor, labels: Tensor, settings: ClassSettings): Terms {
  expectDType('nll', 'input', asTensor('nll', 'input', input), 'float32');
  if (input.rank === 0) fail('shape', 'nll: `input` must be [N, C, ...], received a tensor without axes.');
  return indexTerms(input, labels, settings);
}

/**
 * -w_y x_y for each label y; the mean divides by the sum of the labels' weights.
 *
 * @param input - x: log-probabilities [N, C, ...], as from `ops.logSoftmax(scores, 1)`.
 * @param target - int32, the input's shape without the classes.
 * @throws shape: sizes that do not agree; range: a label out of range; option: a bad option.
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * await losses.functional.nll(tensor([[-1, -2]]), tensor([1], { dtype: 'int32' })).item(); // => 2
 * ```
 */
export function nllFunction(input: Tensor, target: Tensor, options: ClassOptions & { readonly reduction?: Reduction } = {}): Tensor {
  return reduce('nll', terms(input, target, check(options, ['reduction'])), options.reduction);
}

/**
 * The negative log-likelihood of outputs that are log-probabilities, for targets of kind 'index'. `weight`: one number a class.
 *
 * @throws option: a bad option; from the loss, shape: sizes that do not agree; range: a label out of range; data: another kind of target.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.nll();
 * const labels = tensor([1], { dtype: 'int32' });
 * const { sum, denominator } = loss(tensor([[-1, -2]]), { kind: 'index', labels, numClasses: 2 });
 * await ops.div(sum, denominator).item(); // => 2
 * ```
 */
export function nll(options: Omit<ClassOptions, 'weight'> & { readonly weight?: readonly number[] } = {}): LossFunction {
  const settings = check(options);
  return defineLoss('nll', { ...options }, (outputs, target) => {
    if (target.kind !== 'index') fail('data', `nll: expected a target of kind 'index', received kind '${target.kind}'. For distributions use \`losses.crossEntropy\`.`);
    return terms(outputs, target.labels, target.ignoreIndex === undefined ? settings : { ...settings, ignoreIndex: target.ignoreIndex });
  });
}
