/** Decoupled knowledge distillation (DKD). */
import { checkNumber, checkOptions, checkTensor, fail, type Loss, ops, showShape, type Tensor } from '@parsimony/core';
import { checkScores, classRows } from './shapes';

export interface DecoupledLossOptions {
  /** Factor of the divergence between target and all other classes, 0 or more. Default 1. */
  readonly alpha?: number;
  /** Factor of the divergence among the other classes, 0 or more. Default 8. */
  readonly beta?: number;
  /** T, above 0. Default 4. */
  readonly temperature?: number;
  /** Where the classes stand: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
  /** A label that does not count. Default -100. */
  readonly ignoreIndex?: number;
}

// e^-10000 is 0 in float32 and float64: the target is out of a softmax, and its logarithm is still finite.
const out = 1e4;

/**
 * T^2 (alpha KL(b^t || b^s) + beta KL(q^t || q^s)), summed over the targets; the denominator is their number. b = (p_y, 1 - p_y) says how
 * likely the labelled class y is, q is the distribution over all others without it, both of softmax(scores / T). Hinton's loss is the
 * same with beta = 1 - p_y^t: what the teacher says of other classes then counts least where it is sure.
 *
 * @param student - Scores [N, C, ...], C of 2 or more; float32.
 * @param teacher - Scores of the same shape, no gradient goes to them.
 * @param labels - [N, ...], int32.
 * @throws shape: shapes that do not agree. option: an unknown option or one out of range.
 * @see Zhao et al., "Decoupled Knowledge Distillation", arXiv:2203.08679; the defaults are those of mdistiller.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { decoupledLoss } from '@parsimony/distillation';
 * await ready();
 * const labels = tensor([0], { dtype: 'int32' });
 * const [student, teacher] = [tensor([[0, 0, 0]]), tensor([[0, 100, 100]])];
 * // The target is certainly none for the teacher, and 1/3 for the student: KL((0, 1) || (1/3, 2/3)). The others are even for both.
 * await decoupledLoss(student, teacher, labels, { temperature: 1 }).sum.item(); // => Math.log(3 / 2)
 * ```
 */
export function decoupledLoss(student: Tensor, teacher: Tensor, labels: Tensor, options: DecoupledLossOptions = {}): Loss {
  const where = 'decoupledLoss';
  checkOptions(where, options, ['alpha', 'beta', 'temperature', 'classAxis', 'ignoreIndex']);
  const alpha = checkNumber(where, 'alpha', options.alpha ?? 1, { min: 0 });
  const beta = checkNumber(where, 'beta', options.beta ?? 8, { min: 0 });
  const temperature = checkNumber(where, 'temperature', options.temperature ?? 4, { min: 0, minExclusive: true });
  const axis = checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
  const ignoreIndex = checkNumber(where, 'ignoreIndex', options.ignoreIndex ?? -100, { integer: true });
  const fixed = checkScores(where, student, teacher);
  const [own, his] = [student, fixed].map((scores) => ops.div(classRows(scores, axis), temperature)) as [Tensor, Tensor];
  const [rows = 0, classes = 0] = own.shape;
  if (classes < 2) fail('shape', `${where}: there must be two classes or more, received scores of shape ${showShape(student.shape)}.`);
  if (checkTensor(where, 'labels', labels).size !== rows) fail('shape', `${where}: scores of shape ${showShape(student.shape)} have ${rows} targets, received labels of shape ${showShape(labels.shape)}.`);
  const flat = ops.reshape(labels, [rows]);
  const valid = ops.notEqual(flat, ignoreIndex);
  const counts = ops.cast(valid, 'float32');
  const hot = ops.oneHot(ops.where(valid, flat, 0), classes);
  const [s, t] = [split(own, hot), split(his, hot)];
  const among = (a: Tensor, b: Tensor): Tensor => ops.mul(ops.exp(b), ops.sub(b, a));
  const binary = ops.add(among(s.target, t.target), among(s.rest, t.rest));
  const others = ops.sum(among(s.others, t.others), { axis: 1 });
  const each = ops.mul(ops.add(ops.mul(binary, alpha), ops.mul(others, beta)), counts);
  return { sum: ops.mul(ops.sum(each), temperature * temperature), denominator: ops.sum(counts) };
}

/** log p_y, log (1 - p_y) and the logarithms of the distribution without y; each from sums of exponentials, so that nothing cancels. */
function split(scores: Tensor, hot: Tensor): { readonly target: Tensor; readonly rest: Tensor; readonly others: Tensor } {
  const without = ops.sub(scores, ops.mul(hot, out));
  const all = ops.logSumExp(scores, { axis: 1 });
  return {
    target: ops.sub(ops.sum(ops.mul(scores, hot), { axis: 1 }), all),
    rest: ops.sub(ops.logSumExp(without, { axis: 1 }), all),
    others: ops.logSoftmax(without, 1),
  };
}
