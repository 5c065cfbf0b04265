/** How far two passes of a model disagree, as R-Drop has it. */
import { checkNumber, checkOptions, fail, isTensor, type Loss, ops, scalar, show, showShape, type Tensor } from '@parsimony/core';
import { expectTensor } from './mask';

export interface RDropLossOptions {
  /** Where the classes stand: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
  /** How much each target counts: the scores' shape without the classes. Default: all alike. */
  readonly weights?: Tensor;
}

/**
 * (KL(p || q) + KL(q || p)) / 2 = sum_c (p_c - q_c) (log p_c - log q_c) / 2 for p = softmax(first), q = softmax(second), summed over the
 * targets; the denominator is their number, or the sum of their weights. Gradients go to both.
 *
 * @param first - Scores [N, C, ...]; float32.
 * @param second - Scores of the same shape, of another pass.
 * @throws shape: different shapes. option: an unknown option or one out of range.
 * @see Liang et al., "R-Drop: Regularized Dropout for Neural Networks", arXiv:2106.14448, equation 2.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { rDropLoss } from '@parsimony/dropout';
 * await ready();
 * const { sum, denominator } = rDropLoss(tensor([[0, Math.log(3)]]), tensor([[Math.log(3), 0]]));
 * await sum.item(); // => Math.log(3) / 2
 * await denominator.item(); // => 1
 * ```
 */
export function rDropLoss(first: Tensor, second: Tensor, options: RDropLossOptions = {}): Loss {
  const where = 'rDropLoss';
  checkOptions(where, options, ['classAxis', 'weights']);
  const { classAxis = 1 } = options;
  checkNumber(where, 'classAxis', classAxis, { integer: true });
  if (!isTensor(first) || !isTensor(second)) return fail('dtype', `${where}: both passes must give one tensor of scores, received ${show(first)} and ${show(second)}.`);
  if (showShape(first.shape) !== showShape(second.shape)) fail('shape', `${where}: both passes must give scores of one shape, received ${showShape(first.shape)} and ${showShape(second.shape)}.`);
  const axis = first.rank === 1 ? 0 : classAxis;
  const [logP, logQ] = [ops.logSoftmax(first, axis), ops.logSoftmax(second, axis)];
  const each = ops.mul(ops.sum(ops.mul(ops.sub(ops.exp(logP), ops.exp(logQ)), ops.sub(logP, logQ)), { axis }), 0.5);
  const { weights } = options;
  if (weights === undefined) return { sum: ops.sum(each), denominator: scalar(each.size) };
  expectTensor(where, weights, 'weights', ['float32', 'int32', 'bool']);
  if (showShape(weights.shape) !== showShape(each.shape)) fail('shape', `${where}: \`weights\` must be ${showShape(each.shape)} for scores of ${showShape(first.shape)}, received ${showShape(weights.shape)}.`);
  return { sum: ops.sum(ops.mul(each, weights)), denominator: ops.sum(weights) };
}
