/** The cross entropy with another first coefficient of its series. */
import { checkNumber, type LossFunction, ops } from '@parsimony/core';
import { checkClassLoss, classLoss, type ClassLossOptions, focus } from './class-loss';

export interface PolyLossOptions extends ClassLossOptions {
  /** e: what is added to the first coefficient, -1 or more. Default 1. */
  readonly epsilon?: number;
  /** g: of the focal loss that is changed, 0 or more; 0: the cross entropy. Default 0. */
  readonly gamma?: number;
}

/**
 * Poly-1: -(1 - p)^g log p + e (1 - p)^(g + 1) with the probability p of the label, from -log p = sum_j (1 - p)^j / j. For
 * distributions each class counts by its share; `weight`, ignored labels and means as in `losses.crossEntropy`.
 *
 * @throws option: an unknown option or one out of range. From the loss, data: targets that are values; shape: sizes that do not agree; range: a label out of range.
 * @see Leng et al., "PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions", arXiv:2204.12511, equations 7 and 9.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { polyLoss } from '@parsimony/label-smoothing';
 * await ready();
 * const labels = tensor([0], { dtype: 'int32' });
 * const { sum } = polyLoss({ epsilon: 2 })(tensor([[0, 0]]), { kind: 'index', labels, numClasses: 2 });
 * await sum.item(); // => Math.LN2 + 2 * 0.5
 * polyLoss({ epsilon: -2 }); // throws polyLoss: `epsilon` must be in [-1, inf), received -2.
 * ```
 */
export function polyLoss(options: PolyLossOptions = {}): LossFunction {
  checkClassLoss('polyLoss', options, ['epsilon', 'gamma']);
  // Below -1 the first coefficient is negative, and a surer right answer costs more.
  const epsilon = checkNumber('polyLoss', 'epsilon', options.epsilon ?? 1, { min: -1 });
  const gamma = checkNumber('polyLoss', 'gamma', options.gamma ?? 0, { min: 0 });
  return classLoss('polyLoss', options, { epsilon, gamma }, (logP) => {
    const p = ops.exp(logP);
    const own = gamma === 0 ? logP : ops.mul(focus(p, gamma), logP);
    return ops.sub(ops.mul(focus(p, gamma + 1), epsilon), own);
  });
}
