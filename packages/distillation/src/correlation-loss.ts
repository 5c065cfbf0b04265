/** Distillation from a stronger teacher by correlations (DIST). */
import { checkNumber, checkOptions, type Loss, ops, type Tensor } from '@parsimony/core';
import { checkScores, classRows, meanOver } from './shapes';

export interface CorrelationLossOptions {
  /** Factor of the relation between classes, within a sample, 0 or more. Default 1. */
  readonly beta?: number;
  /** Factor of the relation between samples, within a class, 0 or more. Default 1. */
  readonly gamma?: number;
  /** tau, above 0. Default 1. */
  readonly temperature?: number;
  /** Where the classes stand: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

/**
 * tau^2 (beta (1 - mean_i r(y^s_i, y^t_i)) + gamma (1 - mean_c r(y^s_:c, y^t_:c))), with y = softmax(scores / tau) and r Pearson's
 * correlation, of the rows and of the columns. Any y^s = a y^t + b has the least value 0: only the order and the proportions of what the teacher says
 * are taken over. The second part depends on the batch.
 *
 * @param student - Scores [N, C, ...]; float32.
 * @param teacher - Scores of the same shape, no gradient goes to them.
 * @returns The mean times the number of targets, over that number.
 * @throws shape: different shapes. option: an unknown option or one out of range.
 * @see Huang et al., "Knowledge Distillation from A Stronger Teacher", arXiv:2205.10536; with its code's 1e-8 beside the product of lengths.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { correlationLoss } from '@parsimony/distillation';
 * await ready();
 * // The samples the other way round: each row has r = -1 with its own, and so has each column.
 * const [student, teacher] = [tensor([[0, 1], [1, 0]]), tensor([[2, 0], [0, 2]])];
 * await correlationLoss(student, teacher, { beta: 1, gamma: 1 }).sum.item(); // => 8
 * ```
 */
export function correlationLoss(student: Tensor, teacher: Tensor, options: CorrelationLossOptions = {}): Loss {
  const where = 'correlationLoss';
  checkOptions(where, options, ['beta', 'gamma', 'temperature', 'classAxis']);
  const beta = checkNumber(where, 'beta', options.beta ?? 1, { min: 0 });
  const gamma = checkNumber(where, 'gamma', options.gamma ?? 1, { min: 0 });
  const tau = checkNumber(where, 'temperature', options.temperature ?? 1, { min: 0, minExclusive: true });
  const axis = checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
  const fixed = checkScores(where, student, teacher);
  const [s, t] = [student, fixed].map((scores) => ops.softmax(ops.div(classRows(scores, axis), tau), 1)) as [Tensor, Tensor];
  const parts = [ops.mul(ops.sub(1, meanCorrelation(s, t, 1)), beta), ops.mul(ops.sub(1, meanCorrelation(s, t, 0)), gamma)] as const;
  return meanOver(ops.mul(ops.add(...parts), tau * tau), s.shape[0] ?? 1);
}

/** Of the vectors along `axis`. */
function meanCorrelation(a: Tensor, b: Tensor, axis: number): Tensor {
  const [x, y] = [a, b].map((z) => ops.sub(z, ops.mean(z, { axis, keepdim: true }))) as [Tensor, Tensor];
  const lengths = ops.mul(ops.norm(x, { axis }), ops.norm(y, { axis }));
  return ops.mean(ops.div(ops.sum(ops.mul(x, y), { axis }), ops.add(lengths, 1e-8)));
}
