/** Targets mixed in shares: what every mixer does with labels. */
import { checkNumber, checkOptions, fail, type Json, type LossFunction, ops, ParsimonyError, showShape, type Target, type Tensor, tensor } from '@parsimony/core';

/** Sample i of a batch has share `share` (or `share[i]`) of what sample `of[i]` was. Without `of`: of itself. */
export interface Part {
  readonly of?: readonly number[];
  readonly share: number | readonly number[];
}

/** What the loss says of targets, where these do not. */
export interface MixTargetOptions {
  /** Where distributions have their classes: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
  /** Labels of this value count nothing, unless the target names one of its own. Default -100. */
  readonly ignoreIndex?: number;
}

/** Of a loss that states them among its options. */
export function targetOptionsOf({ options }: LossFunction): MixTargetOptions {
  const stated = (options ?? {}) as Readonly<Record<string, Json>>;
  const { classAxis, ignoreIndex } = stated;
  return { ...(typeof classAxis === 'number' && { classAxis }), ...(typeof ignoreIndex === 'number' && { ignoreIndex }) };
}

interface Soft { readonly probs: Tensor; readonly weights: Tensor | undefined; readonly labels: Tensor | undefined; readonly classAxis: number }

/**
 * The target of which each part has its share, so that the loss of it is those shares of the losses of the parts, sum and denominator
 * alike: a sample of weight w_k and distribution p_k for part k has weight w = sum_k s_k w_k and distribution sum_k s_k w_k p_k / w. An
 * ignored label has weight 0. The shares of the labels stand beside the distributions, for the class weights of a loss.
 *
 * @param target - For `size` samples. Values are mixed as they are.
 * @throws shape: a target for another number of samples. range: a label out of range. option: an unknown option or one out of range.
 */
export function mixTargets(where: string, target: Target, size: number, parts: readonly Part[], options: MixTargetOptions = {}): Target {
  checkOptions(where, options, ['classAxis', 'ignoreIndex']);
  const sum = (terms: readonly Tensor[]): Tensor => terms.reduce(ops.add);
  const pick = parts.map(({ of }) => {
    if (of === undefined) return (x: Tensor): Tensor => x;
    const index = tensor(Int32Array.from(of), [size]);
    return (x: Tensor): Tensor => ops.indexSelect(x, 0, index);
  });
  const shared = (x: Tensor, k: number): Tensor => {
    const share = parts[k]?.share ?? 0;
    return ops.mul(x, typeof share === 'number' ? share : tensor(Float32Array.from(share), [size, ...x.shape.slice(1).map(() => 1)]));
  };
  const mix = (x: Tensor): Tensor => sum(pick.map((take, k) => shared(take(x), k)));
  if (target.kind === 'value') {
    checkBatchAxis(where, target.values, size);
    return { kind: 'value', values: mix(target.values) };
  }
  const { probs, weights, labels, classAxis } = soft(where, target, options);
  checkBatchAxis(where, probs, size);
  if (weights === undefined) return { kind: 'soft', probs: mix(probs), ...(labels && { labels: mix(labels) }) };
  const masses = pick.map((take, k) => shared(take(weights), k));
  const total = sum(masses);
  // Where all weights are 0 there is no mass either, and whatever it is divided by gives 0.
  const divisor = ops.unsqueeze(ops.where(ops.greater(total, 0), total, 1), classAxis);
  const weighted = (x: Tensor): Tensor => ops.div(sum(pick.map((take, k) => ops.mul(take(x), ops.unsqueeze(masses[k] as Tensor, classAxis)))), divisor);
  const mixed = weighted(probs);
  return { kind: 'soft', probs: mixed, weights: total, ...(labels && { labels: labels === probs ? mixed : weighted(labels) }) };
}

/** A target as distributions, and with labels as distributions. */
function soft(where: string, target: Exclude<Target, { kind: 'value' }>, options: MixTargetOptions): Soft {
  const given = checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
  const ignored = checkNumber(where, 'ignoreIndex', options.ignoreIndex ?? -100, { integer: true });
  if (target.kind === 'soft') {
    const { probs, weights, labels } = target;
    const classAxis = axisOf(where, given, probs.rank);
    const classes = probs.shape[classAxis] ?? 0;
    return { probs, weights, classAxis, labels: labels?.dtype === 'int32' ? oneHot(where, labels, classes, classAxis) : labels };
  }
  const { labels, numClasses, ignoreIndex = ignored } = target;
  const classAxis = axisOf(where, given, labels.rank + 1);
  const counts = ops.notEqual(labels, ignoreIndex);
  try {
    const probs = oneHot(where, ops.where(counts, labels, 0), numClasses, classAxis);
    return { probs, weights: ops.cast(counts, 'float32'), labels: probs, classAxis };
  } catch (error) {
    if (!(error instanceof ParsimonyError) || error.code !== 'range') throw error;
    return fail('range', `${where}: label out of range: labels must be in [0, ${numClasses}) or ${ignoreIndex}, which is ignored. ${error.message}`, { cause: error });
  }
}

function axisOf(where: string, classAxis: number, rank: number): number {
  const axis = classAxis < 0 ? classAxis + rank : classAxis;
  return axis > 0 && axis < rank ? axis : fail('option', `${where}: \`classAxis\` must be an axis of outputs with ${rank} axes, behind that of the batch, received ${classAxis}.`);
}

/** [..., C] with the classes moved to an axis. */
function oneHot(where: string, labels: Tensor, classes: number, axis: number): Tensor {
  if (labels.rank === 0) fail('shape', `${where}: labels must be [N, ...], received a single one.`);
  const hot = ops.oneHot(labels, classes);
  const last = hot.rank - 1;
  const order = Array.from({ length: last }, (_, i) => i);
  return axis === last ? hot : ops.permute(hot, [...order.slice(0, axis), last, ...order.slice(axis)]);
}

/** Refuses a target whose first axis is not the batch. */
function checkBatchAxis(where: string, x: Tensor, size: number): void {
  if (x.shape[0] !== size) fail('shape', `${where}: expected targets for ${size} samples, received ${showShape(x.shape)}.`);
}

/** Refuses targets that lie in the plane of the image, which areas say nothing of. */
export function checkOneEach(where: string, target: Target, also: string): void {
  const [received, rank] = target.kind === 'index' ? [target.labels.shape, 1] : target.kind === 'soft' ? [target.probs.shape, 2] : [target.values.shape, 2];
  if (received.length > rank) fail('shape', `${where}: there must be one target a sample, received ${showShape(received)}. Change a mask by the same draw as its image: \`${also}\`.`);
}
