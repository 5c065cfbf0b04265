/** How far what a model says of several views of a sample is apart. */
import { checkNumber, checkOptions, fail, isTensor, type Loss, ops, scalar, show, showShape, type Tensor } from '@parsimony/core';

export interface JensenShannonOptions {
  /** Where the classes stand: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

/**
 * The Jensen-Shannon divergence of k distributions p_i = softmax(scores_i): sum_i KL(p_i || m) / k with m = clamp(sum_i p_i / k, 1e-7, 1),
 * summed over the samples; the denominator is their number. Between 0, where all say the same, and log k. Gradients go to every view.
 *
 * @param scores - Of two or more views, all [N, C, ...]; float32.
 * @throws shape: fewer than two, or of different shapes. dtype: what is no tensor. option: an unknown option or one out of range.
 * @see Hendrycks et al., "AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty", arXiv:1912.02781, equation 2; the clamp is of its code.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { jensenShannon } from '@parsimony/augment';
 * await ready();
 * const [certain, opposite] = [tensor([[50, 0]]), tensor([[0, 50]])];
 * const { sum, denominator } = jensenShannon([certain, opposite]);
 * (await sum.item()).toFixed(4); // => Math.log(2).toFixed(4)
 * await denominator.item(); // => 1
 * ```
 */
export function jensenShannon(scores: readonly Tensor[], options: JensenShannonOptions = {}): Loss {
  const where = 'jensenShannon';
  checkOptions(where, options, ['classAxis']);
  const classAxis = checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
  if (!Array.isArray(scores) || scores.length < 2) return fail('shape', `${where}: expected the scores of two views or more, received ${show(scores)}.`);
  const [first] = scores as [Tensor, ...Tensor[]];
  for (const [i, view] of scores.entries()) {
    if (!isTensor(view)) return fail('dtype', `${where}: each view must give one tensor of scores, received ${show(view)} of view ${i}.`);
    if (showShape(view.shape) !== showShape(first.shape)) return fail('shape', `${where}: all views must give scores of one shape, received ${showShape(first.shape)} and ${showShape(view.shape)}.`);
  }
  const axis = first.rank === 1 ? 0 : classAxis;
  const logs = scores.map((view) => ops.logSoftmax(view, axis));
  const shares = logs.map((log) => ops.exp(log));
  const mean = ops.mul(shares.reduce((a, b) => ops.add(a, b)), 1 / scores.length);
  const logMean = ops.log(ops.clamp(mean, { min: 1e-7, max: 1 }));
  const divergences = logs.map((log, i) => ops.sum(ops.mul(shares[i] as Tensor, ops.sub(log, logMean))));
  const sum = ops.mul(divergences.reduce((a, b) => ops.add(a, b)), 1 / scores.length);
  return { sum, denominator: scalar(first.size / (first.shape.at(axis) ?? 1)) };
}
