/** The loss of knowledge distillation as a function. */
import { checkNumber, checkOptions, type Loss, losses, ops, scalar, type Tensor } from '@parsimony/core';
import { checkScores } from './shapes';

export interface DistillationLossOptions {
  /** T: scores are divided by it, above 0; the higher, the more the small probabilities count. Default 4. */
  readonly temperature?: number;
  /** Where the classes stand: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

/**
 * T^2 KL(softmax(teacher / T) || softmax(student / T)), summed over the targets; the denominator is their number. The factor T^2 keeps
 * the size of the gradients, which fall with 1 / T^2. No gradient goes to the teacher.
 *
 * @param student - Scores [N, C, ...]; float32.
 * @param teacher - Scores of the same shape.
 * @throws shape: different shapes. option: an unknown option or one out of range.
 * @see Hinton et al., "Distilling the Knowledge in a Neural Network", arXiv:1503.02531.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { distillationLoss } from '@parsimony/distillation';
 * await ready();
 * const { sum, denominator } = distillationLoss(tensor([[0, 0]]), tensor([[100, 0]]), { temperature: 1 });
 * await sum.item(); // => Math.LN2
 * await denominator.item(); // => 1
 * ```
 */
export function distillationLoss(student: Tensor, teacher: Tensor, options: DistillationLossOptions = {}): Loss {
  const where = 'distillationLoss';
  checkOptions(where, options, ['temperature', 'classAxis']);
  const temperature = checkNumber(where, 'temperature', options.temperature ?? 4, { min: 0, minExclusive: true });
  const classAxis = checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
  const fixed = checkScores(where, student, teacher);
  const axis = student.rank === 1 ? 0 : classAxis;
  const logs = (scores: Tensor): Tensor => ops.logSoftmax(ops.div(scores, temperature), axis);
  const classes = student.shape.at(axis) ?? 1;
  const divergence = losses.functional.klDiv(logs(student), logs(fixed), { logTarget: true, reduction: 'sum' });
  return { sum: ops.mul(divergence, temperature * temperature), denominator: scalar(student.size / classes) };
}
