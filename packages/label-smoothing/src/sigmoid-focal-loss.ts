/** The focal loss of yes-or-no scores, as in object detection. */
import { checkNumber, checkOptions, fail, isTensor, type LossFunction, losses, ops, show, tensor, type Tensor } from '@parsimony/core';
import { focus } from './class-loss';

export interface SigmoidFocalLossOptions {
  /** g: how fast the weight of what is known falls, 0 or more; 0 gives the binary cross entropy. Default 2. */
  readonly gamma?: number;
  /** Weight of yes, with 1 - alpha that of no, in [0, 1]; false: both 1. Default 0.25. */
  readonly alpha?: number | false;
}

/**
 * -a_t (1 - p_t)^g log p_t with p = sigmoid(x) and p_t = p y + (1 - p)(1 - y), averaged over all elements: torchvision's
 * `sigmoid_focal_loss`. For targets of kind 'value', or 'soft' without weights, in [0, 1].
 *
 * @throws option: an unknown option or one out of range. From the loss, data: class labels; shape: other shapes than the outputs'.
 * @see Lin et al., "Focal Loss for Dense Object Detection", arXiv:1708.02002, equation 5. The paper divides by the number of foreground labels.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { sigmoidFocalLoss } from '@parsimony/label-smoothing';
 * await ready();
 * const { sum } = sigmoidFocalLoss({ alpha: false })(tensor([0, 0]), { kind: 'value', values: tensor([1, 0]) });
 * await sum.item(); // => 2 * 0.25 * Math.LN2
 * sigmoidFocalLoss({ alpha: 2 }); // throws sigmoidFocalLoss: `alpha` must be in [0, 1], received 2.
 * ```
 */
export function sigmoidFocalLoss(options: SigmoidFocalLossOptions = {}): LossFunction {
  const name = 'sigmoidFocalLoss';
  checkOptions(name, options, ['gamma', 'alpha']);
  const gamma = checkNumber(name, 'gamma', options.gamma ?? 2, { min: 0 });
  const alpha = options.alpha === false ? false : checkNumber(name, 'alpha', options.alpha ?? 0.25, { min: 0, max: 1 });
  const run: (...args: Parameters<LossFunction>) => ReturnType<LossFunction> = (outputs, target) => {
    if (!isTensor(outputs)) return fail('dtype', `${name}: the outputs must be one tensor, received ${show(outputs)}.`);
    if (target.kind === 'index' || (target.kind === 'soft' && target.weights)) {
      return fail('data', `${name}: expected a target of kind 'value', or 'soft' without weights, received kind '${target.kind}'. For class labels use \`focalLoss\`.`);
    }
    const y = target.kind === 'value' ? target.values : target.probs;
    const either = (yes: Tensor | number, no: Tensor | number): Tensor => ops.add(ops.mul(y, yes), ops.mul(ops.sub(1, y), no));
    const entropy = losses.functional.bceWithLogits(outputs, y, { reduction: 'none' });
    const p = ops.sigmoid(outputs);
    const focal = gamma === 0 ? entropy : ops.mul(entropy, focus(either(p, ops.sub(1, p)), gamma));
    return { sum: ops.sum(alpha === false ? focal : ops.mul(focal, either(alpha, 1 - alpha))), denominator: tensor(outputs.size) };
  };
  return Object.assign(run, { lossName: name, options: { gamma, alpha } });
}
