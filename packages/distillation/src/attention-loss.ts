/** Attention transfer: where in the image both models look. */
import { checkNumber, checkOptions, fail, type Loss, ops, showShape, type Tensor } from '@parsimony/core';
import { checkFeatures, meanOver, sampleRows, unit } from './shapes';

export interface AttentionLossOptions {
  /** The power of the activations, above 0. Default 2. */
  readonly p?: number;
}

/**
 * mean (a(s) - a(t))^2 over samples and places, with the attention map a(f) = v / ||v||, v = mean_c |f_c|^p. Channels may differ in number.
 * The larger of two maps is averaged over windows to the size of the smaller.
 *
 * @param student - [N, C, ...] with one to three spatial axes; float32.
 * @param teacher - [N, C', ...] with as many, no gradient goes to it.
 * @returns The mean times N, over N.
 * @throws shape: no spatial axis, or not as many. option: an unknown option or one out of range.
 * @see Zagoruyko and Komodakis, "Paying More Attention to Attention", arXiv:1612.03928; the mean and the pooling are mdistiller's.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { attentionLoss } from '@parsimony/distillation';
 * await ready();
 * // Maps (1, 0) and (0, 1).
 * await attentionLoss(tensor([[[3, 0]]]), tensor([[[0, 1], [0, 2]]])).sum.item(); // => 1
 * ```
 */
export function attentionLoss(student: Tensor, teacher: Tensor, options: AttentionLossOptions = {}): Loss {
  const where = 'attentionLoss';
  checkOptions(where, options, ['p']);
  const p = checkNumber(where, 'p', options.p ?? 2, { min: 0, minExclusive: true });
  const fixed = checkFeatures(where, student, teacher, 3);
  if (student.rank !== fixed.rank || student.rank > 5) fail('shape', `${where}: both must have the same one to three spatial axes behind the channels, received ${showShape(student.shape)} and ${showShape(fixed.shape)}.`);
  const size = student.shape.slice(2).map((n, i) => Math.min(n, fixed.shape[i + 2] ?? n));
  const [a, b] = [student, fixed].map((f) => map(pooled(f, size), p)) as [Tensor, Tensor];
  return meanOver(ops.mean(ops.square(ops.sub(a, b))), student.shape[0] ?? 1);
}

const map = (f: Tensor, p: number): Tensor => unit(sampleRows(ops.mean(p === 2 ? ops.square(f) : ops.pow(ops.abs(f), p), { axis: 1 })));

function pooled(f: Tensor, size: readonly number[]): Tensor {
  if (size.every((n, i) => n === f.shape[i + 2])) return f;
  const pool = [ops.adaptiveAvgPool1d, ops.adaptiveAvgPool2d, ops.adaptiveAvgPool3d][size.length - 1] as typeof ops.adaptiveAvgPool2d;
  return pool(f, [...size]);
}
