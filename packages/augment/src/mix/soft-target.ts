/** Targets as distributions, with a weight each, so that they can be mixed. */
import { eye, fail, ops, ParsimonyError, showShape, type Target, type Tensor } from '@parsimony/core';

export interface SoftTarget {
  /** [..., C]. */
  readonly probs: Tensor;
  /** [...]; undefined: 1 each. */
  readonly weights: Tensor | undefined;
}

/** PyTorch's value for labels that count nothing, which losses take where a target names none. */
const defaultIgnoreIndex = -100;

/**
 * Labels as distributions with all mass on one class; an ignored label has weight 0. The classes stand last, so for labels of more
 * than one axis the loss is to be told `classAxis: -1`.
 */
export function softTarget(where: string, target: Exclude<Target, { kind: 'value' }>): SoftTarget {
  if (target.kind === 'soft') return { probs: target.probs, weights: target.weights };
  const { labels, numClasses, ignoreIndex = defaultIgnoreIndex } = target;
  const counts = ops.notEqual(labels, ignoreIndex);
  try {
    const rows = ops.indexSelect(eye(numClasses), 0, ops.reshape(ops.where(counts, labels, 0), [labels.size]));
    return { probs: ops.reshape(rows, [...labels.shape, numClasses]), weights: ops.cast(counts, 'float32') };
  } catch (error) {
    if (!(error instanceof ParsimonyError) || error.code !== 'range') throw error;
    return fail('range', `${where}: label out of range: labels must be in [0, ${numClasses}) or ${ignoreIndex}, which is ignored. ${error.message}`, { cause: error });
  }
}

/**
 * lambda a + (1 - lambda) b as one distribution with one weight, so that the loss of it is the mixture of the two losses, sum and
 * denominator alike: weight w = lambda w_a + (1 - lambda) w_b, distribution (lambda w_a a + (1 - lambda) w_b b) / w.
 */
export function mixSoft(a: SoftTarget, b: SoftTarget, lambda: number): SoftTarget {
  if (a.weights === undefined || b.weights === undefined) return { probs: ops.lerp(a.probs, b.probs, 1 - lambda), weights: undefined };
  const weights = ops.lerp(a.weights, b.weights, 1 - lambda);
  const perClass = (w: Tensor): Tensor => ops.reshape(w, [...w.shape, 1]);
  const mass = ops.lerp(ops.mul(a.probs, perClass(a.weights)), ops.mul(b.probs, perClass(b.weights)), 1 - lambda);
  // Where both weights are 0 there is no mass either, and whatever it is divided by gives 0.
  const divisor = ops.where(ops.greater(weights, 0), weights, 1);
  return { probs: ops.div(mass, perClass(divisor)), weights };
}

/** Refuses a target whose first axis is not the batch. */
export function checkBatchAxis(where: string, x: Tensor, size: number): void {
  if (x.shape[0] !== size) fail('shape', `${where}: expected targets for ${size} samples, received ${showShape(x.shape)}.`);
}
