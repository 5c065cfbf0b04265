/** Targets of classes in one form: distributions, with the labels they were made of. */
import { fail, type Json, type LossFunction, ops, ParsimonyError, type Target, type Tensor } from '@parsimony/core';

export type SoftTarget = Extract<Target, { readonly kind: 'soft' }>;

/**
 * @internal Labels as distributions with the classes at `classAxis`: ignored ones with weight 0, and with the labels beside them, so that
 * losses divide as they do for labels. Distributions as they are.
 */
export function asDistributions(where: string, target: Target, { classAxis, ignoreIndex }: { readonly classAxis: number; readonly ignoreIndex: number }): SoftTarget {
  if (target.kind === 'value') return fail('data', `${where}: expected class labels or distributions (a target of kind 'index' or 'soft'), received kind 'value'.`);
  if (target.kind === 'soft') return target;
  const { labels, numClasses } = target;
  const ignored = target.ignoreIndex ?? ignoreIndex;
  const counts = ops.notEqual(labels, ignored);
  const safe = ops.where(counts, labels, 0);
  const probs = classesAt(axisOf(where, classAxis, labels.rank + 1), oneHot(where, safe, numClasses, ignored));
  return { kind: 'soft', probs, weights: ops.cast(counts, 'float32'), labels: safe };
}

/** @internal The axis of the classes in outputs of some rank, counted from the front. */
export function axisOf(where: string, classAxis: number, rank: number): number {
  const axis = classAxis < 0 ? classAxis + rank : classAxis;
  // A single sample [C] has one axis only.
  if (rank === 1) return 0;
  return axis >= 0 && axis < rank ? axis : fail('option', `${where}: \`classAxis\` must be an axis of outputs with ${rank} axes, received ${classAxis}.`);
}

/** @internal What a loss states among its options. */
export function numberOf({ options }: LossFunction, option: string): number | undefined {
  const value = (options as Readonly<Record<string, Json>> | null)?.[option];
  return typeof value === 'number' ? value : undefined;
}

function oneHot(where: string, labels: Tensor, classes: number, ignoreIndex: number): Tensor {
  try {
    return ops.oneHot(labels, classes);
  } catch (error) {
    if (!(error instanceof ParsimonyError) || error.code !== 'range') throw error;
    return fail('range', `${where}: label out of range: labels must be in [0, ${classes}) or ${ignoreIndex}, which is ignored. ${error.message}`, { cause: error });
  }
}

/** [..., C] with the classes moved to `axis`. */
function classesAt(axis: number, x: Tensor): Tensor {
  const last = x.rank - 1;
  if (axis === last) return x;
  const order = Array.from({ length: last }, (_, i) => i);
  return ops.permute(x, [...order.slice(0, axis), last, ...order.slice(axis)]);
}
