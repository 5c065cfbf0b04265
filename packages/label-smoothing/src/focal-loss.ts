/** The focal loss of class probabilities: what is known already counts less. */
import { checkNumber, type LossFunction, ops } from '@parsimony/core';
import { checkClassLoss, classLoss, type ClassLossOptions, focus } from './class-loss';

export interface FocalLossOptions extends ClassLossOptions {
  /** g: how fast the weight of what is known falls, 0 or more; 0 gives the cross entropy. Default 2. */
  readonly gamma?: number;
}

/**
 * -sum_c w_c y_c (1 - p_c)^g log p_c with p = softmax(x), in place of the cross entropy. `weight` is the paper's alpha, one a class; sums
 * and means are put together as `losses.crossEntropy` does, ignored labels and mixed or smoothed targets included.
 *
 * @throws option: an unknown option or one out of range. From the loss, data: targets that are values; shape: sizes that do not agree; range: a label out of range.
 * @see Lin et al., "Focal Loss for Dense Object Detection", arXiv:1708.02002, equations 4 and 5; Mukhoti et al., "Calibrating Deep Neural
 * Networks using Focal Loss", arXiv:2002.09437. The paper divides by the number of foreground labels; this one as the cross entropy.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { focalLoss } from '@parsimony/label-smoothing';
 * await ready();
 * const labels = tensor([0], { dtype: 'int32' });
 * const { sum } = focalLoss({ gamma: 2 })(tensor([[0, 0]]), { kind: 'index', labels, numClasses: 2 });
 * await sum.item(); // => 0.25 * Math.LN2
 * focalLoss({ gamma: -1 }); // throws focalLoss: `gamma` must be in [0, inf), received -1.
 * ```
 */
export function focalLoss(options: FocalLossOptions = {}): LossFunction {
  checkClassLoss('focalLoss', options, ['gamma']);
  const gamma = checkNumber('focalLoss', 'gamma', options.gamma ?? 2, { min: 0 });
  return classLoss('focalLoss', options, { gamma }, (logP) => ops.neg(gamma === 0 ? logP : ops.mul(focus(ops.exp(logP), gamma), logP)));
}
