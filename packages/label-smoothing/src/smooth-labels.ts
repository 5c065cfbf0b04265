/** Label smoothing as a function: targets that are a little less sure of themselves. */
import { checkNumber, checkOptions, fail, ops, ParsimonyError, type Target, type Tensor } from '@parsimony/core';

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
  if (target.kind === 'value') return fail('data', `${where}: expected class labels or distributions (a target of kind 'index' or 'soft'), received kind 'value'. Leave label smoothing out for a regression.`);
  if (epsilon === 0) return target;
  if (target.kind === 'soft') {
    const { probs } = target;
    return { ...target, probs: smooth(probs, epsilon, probs.shape[axisOf(classAxis, probs.rank)] ?? 0) };
  }
  const { labels, numClasses } = target;
  const counts = ops.notEqual(labels, target.ignoreIndex ?? ignoreIndex);
  const safe = ops.where(counts, labels, 0);
  const hot = classesAt(axisOf(classAxis, labels.rank + 1), oneHot(safe, numClasses, target.ignoreIndex ?? ignoreIndex));
  return { kind: 'soft', probs: smooth(hot, epsilon, numClasses), weights: ops.cast(counts, 'float32'), labels: safe };
}

const smooth = (probs: Tensor, epsilon: number, classes: number): Tensor => ops.add(ops.mul(probs, 1 - epsilon), epsilon / classes);

function axisOf(classAxis: number, rank: number): number {
  const axis = classAxis < 0 ? classAxis + rank : classAxis;
  // A single sample [C] has one axis only.
  if (rank === 1) return 0;
  return axis >= 0 && axis < rank ? axis : fail('option', `smoothLabels: \`classAxis\` must be an axis of outputs with ${rank} axes, received ${classAxis}.`);
}

function oneHot(labels: Tensor, classes: number, ignoreIndex: number): Tensor {
  try {
    return ops.oneHot(labels, classes);
  } catch (error) {
    if (!(error instanceof ParsimonyError) || error.code !== 'range') throw error;
    return fail('range', `smoothLabels: label out of range: labels must be in [0, ${classes}) or ${ignoreIndex}, which is ignored. ${error.message}`, { cause: error });
  }
}

/** [..., C] with the classes moved to `axis`. */
function classesAt(axis: number, x: Tensor): Tensor {
  const last = x.rank - 1;
  if (axis === last) return x;
  const order = Array.from({ length: last }, (_, i) => i);
  return ops.permute(x, [...order.slice(0, axis), last, ...order.slice(axis)]);
}
