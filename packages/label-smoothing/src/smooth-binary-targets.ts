/** Label smoothing of yes-or-no targets. */
import { checkNumber, checkOptions, fail, ops, type Target, type Tensor } from '@parsimony/core';

export interface SmoothBinaryTargetsOptions {
  /** e: share of each target that is spread evenly over yes and no, in [0, 1]. Default 0.1. */
  readonly epsilon?: number;
}

/**
 * (1 - e) y + e / 2 element by element, for scores that go through a sigmoid each: the smoothing of two classes, yes and no.
 *
 * @param target - Of kind 'value' or 'soft', in [0, 1], any shape, as `losses.bceWithLogits` takes it.
 * @returns The target itself where e is 0.
 * @throws option: an unknown option or one out of range. data: class labels.
 * @see Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", arXiv:1512.00567, section 7, with K = 2.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { smoothBinaryTargets } from '@parsimony/label-smoothing';
 * await ready();
 * const target = smoothBinaryTargets({ kind: 'value', values: tensor([[1, 0, 1]]) }, { epsilon: 0.5 });
 * target.kind === 'value' && await target.values.array(); // => [[0.75, 0.25, 0.75]]
 * ```
 */
export function smoothBinaryTargets(target: Target, options: SmoothBinaryTargetsOptions = {}): Target {
  const where = 'smoothBinaryTargets';
  checkOptions(where, options, ['epsilon']);
  const epsilon = checkNumber(where, 'epsilon', options.epsilon ?? 0.1, { min: 0, max: 1 });
  if (target.kind === 'index') return fail('data', `${where}: expected yes-or-no targets (kind 'value' or 'soft'), received kind 'index'. For class labels use \`smoothLabels\`.`);
  if (epsilon === 0) return target;
  const smooth = (y: Tensor): Tensor => ops.add(ops.mul(y, 1 - epsilon), epsilon / 2);
  return target.kind === 'value' ? { ...target, values: smooth(target.values) } : { ...target, probs: smooth(target.probs) };
}
