/** The proximal step of L1: towards 0 by a fixed amount, and exactly 0 from there on. */
import { checkNumber, checkOptions, checkTensor, checkTensors, ops, type Params, scope, type Tensor } from '@parsimony/core';
import type { L1Options } from './l1';
import { lambdaAt, type PenaltyCall } from './penalty';
import { changeSelected, checkSelection, select } from './selection';

/**
 * sign(w) max(|w| - threshold, 0): towards 0 by `threshold`, and exactly 0 within it. PyTorch's `softshrink`.
 *
 * @param w - Any shape; float32.
 * @param threshold - 0 or more.
 * @throws option: a threshold below 0.
 * @see Daubechies et al., "An iterative thresholding algorithm for linear inverse problems" (2004).
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { softThreshold } from '@parsimony/weight-decay';
 * await ready();
 * await softThreshold(tensor([-2, -0.25, 0.5, 3]), 0.5).array(); // => [-1.5, 0, 0, 2.5]
 * ```
 */
export function softThreshold(w: Tensor, threshold: number): Tensor {
  checkTensor('softThreshold', 'w', w);
  checkNumber('softThreshold', 'threshold', threshold, { min: 0 });
  return ops.sub(w, ops.clamp(w, { min: -threshold, max: threshold }));
}

export interface ShrinkCall extends Omit<L1Options, 'proximal'>, PenaltyCall {
  /** Learning rate of this step, 0 or more. */
  readonly lr: number;
}

/**
 * The proximal step of L1: `softThreshold` by lr lambda for every selected parameter, the others as they are. To be called after the
 * optimizer's step.
 *
 * @throws option: an unknown option, one out of range, or a glob that matches no parameter.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { shrinkWeights } from '@parsimony/weight-decay';
 * await ready();
 * await shrinkWeights({ weight: tensor([[1, 0.25]]) }, { lr: 0.5, lambda: 1 }).weight.array(); // => [[0.5, 0]]
 * ```
 */
export function shrinkWeights<P extends Params>(params: P, options: ShrinkCall): P {
  const where = 'shrinkWeights';
  checkOptions(where, options, ['lr', 'lambda', 'exclude', 'include', 'factors', 'progress']);
  const lr = checkNumber(where, 'lr', options.lr, { min: 0 });
  const lambda = lambdaAt(where, options, 1e-5);
  checkTensors(where, 'params', params);
  const selected = select(where, params, checkSelection(where, options), 'penalized');
  return scope(() => changeSelected(params, selected, (w, factor) => softThreshold(w, lr * lambda * factor)));
}
