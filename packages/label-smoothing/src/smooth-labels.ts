/** Label smoothing as a function: targets that are a little less sure of themselves. */
import { checkNumber, checkOptions, fail, ops, type Target } from '@parsimony/core';
import { asDistributions, axisOf } from './distributions';

export interface SmoothLabelsOptions {
  /** e: share of the target that is spread evenly over all classes, in [0, 1]. Default 0.1. */
  readonly epsilon?: number;
  /** Where the classes stand in the outputs: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
  /** Labels of this value count nothing, unless the target names one of its own. Default -100. */
  readonly ignoreIndex?: number;
}

/**
 * (1 - e) y + e / C for each target. Labels become distributions: ignored ones with weight 0, and with the labels beside them, so
 * that `losses.crossEntropy` gives what PyTorch's `label_smoothing` gives, with class weights too.
 *
 * @param target - Of kind 'index', labels [N, ...], or 'soft', distributions with the classes at `classAxis`.
 * @returns The target itself where e is 0, else one of kind 'soft'.
 * @throws option: an unknown option or one out of range. data: a target of kind 'value'. range: a label out of range.
 * @see Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", arXiv:1512.00567, section 7.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { smoothLabels } from '@parsimony/label-smoothing';
 * await ready();
 * const labels = tensor([2, 0], { dtype: 'int32' });
 * const target = smoothLabels({ kind: 'index', labels, numClasses: 4 }, { epsilon: 0.5 });
 * target.kind === 'soft' && await target.probs.array(); // => [[0.125, 0.125, 0.625, 0.125], [0.625, 0.125, 0.125, 0.125]]
 * ```
 */
export function smoothLabels(target: Target, options: SmoothLabelsOptions = {}): Target {
  const where = 'smoothLabels';
  checkOptions(where, options, ['epsilon', 'classAxis', 'ignoreIndex']);
  const epsilon = checkNumber(where, 'epsilon', options.epsilon ?? 0.1, { min: 0, max: 1 });
  const classAxis = checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
  const ignoreIndex = checkNumber(where, 'ignoreIndex', options.ignoreIndex ?? -100, { integer: true });
  if (target.kind === 'value') return fail('data', `${where}: expected class labels or distributions (a target of kind 'index' or 'soft'), received kind 'value'. Leave label smoothing out for a regression; for several yes-or-no labels use \`smoothBinaryTargets\`.`);
  if (epsilon === 0) return target;
  const soft = asDistributions(where, target, { classAxis, ignoreIndex });
  const classes = soft.probs.shape[axisOf(where, classAxis, soft.probs.rank)] ?? 0;
  return { ...soft, probs: ops.add(ops.mul(soft.probs, 1 - epsilon), epsilon / classes) };
}
