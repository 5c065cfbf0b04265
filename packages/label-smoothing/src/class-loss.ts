/** What losses of class probabilities share: terms for each class, put together under class weights and ignored labels as in the cross entropy. */
import { checkNumber, checkOptions, fail, isTensor, type Json, type LossFunction, ops, show, type Target, type Tensor, tensor } from '@parsimony/core';
import { asDistributions, axisOf } from './distributions';

export interface ClassLossOptions {
  /** One factor a class, 0 or more; the mean divides by the sum of the factors of the labels. Default: none. */
  readonly weight?: readonly number[];
  /** Labels of this value count nothing, unless the target names one of its own. Default -100. */
  readonly ignoreIndex?: number;
  /** Where the classes are: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

/** @internal */
const classLossOptions = ['weight', 'ignoreIndex', 'classAxis'] as const;

/** @internal A loss whose term of class c of a target y is y_c times what `terms` makes of log p_c. */
export function classLoss(name: string, options: ClassLossOptions, more: Readonly<Record<string, Json>>, terms: (logP: Tensor) => Tensor): LossFunction {
  const { weight } = options;
  if (weight !== undefined && !(Array.isArray(weight) && weight.length > 0 && weight.every((w) => Number.isFinite(w) && (w as number) >= 0))) {
    fail('option', `${name}: \`weight\` must be a list of numbers of 0 or more, received ${show(weight)}.`);
  }
  const classAxis = checkNumber(name, 'classAxis', options.classAxis ?? 1, { integer: true });
  const ignoreIndex = checkNumber(name, 'ignoreIndex', options.ignoreIndex ?? -100, { integer: true });
  const run = (outputs: unknown, target: Target): { sum: Tensor; denominator: Tensor } => {
    if (!isTensor(outputs)) return fail('dtype', `${name}: the outputs must be one tensor, received ${show(outputs)}.`);
    const axis = axisOf(name, classAxis, outputs.rank);
    const classes = outputs.shape[axis] ?? 0;
    if (target.kind === 'index' && target.numClasses !== classes) fail('shape', `${name}: the data have ${target.numClasses} classes, the outputs ${classes}. Give the last layer ${target.numClasses} outputs.`);
    const { probs, weights, labels } = asDistributions(name, target, { classAxis, ignoreIndex });
    if (probs.shape.join() !== outputs.shape.join()) fail('shape', `${name}: outputs and targets must agree, received [${outputs.shape.join(', ')}] and distributions [${probs.shape.join(', ')}]. \`classAxis\` says where the classes are.`);
    if (weight && weight.length !== classes) fail('shape', `${name}: \`weight\` must hold one number for each of ${classes} classes, received ${weight.length}.`);
    const perClass = weight && ops.reshape(tensor(weight), [classes, ...new Array<number>(outputs.rank - axis - 1).fill(1)]);
    const over = (x: Tensor): Tensor => ops.sum(perClass ? ops.mul(x, perClass) : x, { axis });
    const times = (x: Tensor): Tensor => (weights ? ops.mul(x, weights) : x);
    const each = times(over(ops.mul(probs, terms(ops.logSoftmax(outputs, axis)))));
    // Of labels the class weights of these, of mixtures of labels their mixture: as in the cross entropy.
    const factor = perClass && labels ? over(labels.dtype === 'int32' ? asDistributions(name, { kind: 'index', labels, numClasses: classes }, { classAxis, ignoreIndex: -1 }).probs : labels) : undefined;
    const denominator = factor ? ops.sum(times(factor)) : weights ? ops.sum(weights) : tensor(each.size);
    return { sum: ops.sum(each), denominator };
  };
  const stated = { ...more, ...(weight && { weight }), ...(options.ignoreIndex !== undefined && { ignoreIndex }), ...(options.classAxis !== undefined && { classAxis }) };
  return Object.assign(run, { lossName: name, options: stated as Json });
}

/** @internal (1 - p)^g. From a p of 1 a power below 1 would have an infinite slope. */
export function focus(p: Tensor, gamma: number): Tensor {
  return ops.pow(ops.clamp(ops.sub(1, p), { min: 1e-12 }), gamma);
}

/** @internal */
export function checkClassLoss(name: string, options: ClassLossOptions, more: readonly string[]): void {
  checkOptions(name, options, [...classLossOptions, ...more]);
}
