/** Similarity-preserving distillation: which samples of a batch look alike. */
import { type Loss, ops, type Tensor } from '@parsimony/core';
import { checkFeatures, meanOver, sampleRows, unit } from './shapes';

/**
 * sum (G(s) - G(t))^2 / N^2, with G the products of all pairs of samples, A A^T for the features A [N, D], each row divided by its length. Shapes
 * beyond N may differ. Depends on the batch.
 *
 * @param student - [N, ...], float32.
 * @param teacher - [N, ...], no gradient goes to it.
 * @returns The value times N, over N.
 * @throws shape: another number of samples.
 * @see Tung and Mori, "Similarity-Preserving Knowledge Distillation", arXiv:1907.09682.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { similarityLoss } from '@parsimony/distillation';
 * await ready();
 * // G(s) = [[1, 0], [0, 1]]; every entry of G(t) is 1 / sqrt 2.
 * const { sum } = similarityLoss(tensor([[1, 0], [0, 1]]), tensor([[1, 0], [1, 0]]));
 * await sum.item(); // => (2 * (1 - Math.SQRT1_2) ** 2 + 2 * 0.5) / 2
 * ```
 */
export function similarityLoss(student: Tensor, teacher: Tensor): Loss {
  const fixed = checkFeatures('similarityLoss', student, teacher);
  const [a, b] = [student, fixed].map(similarities) as [Tensor, Tensor];
  return meanOver(ops.mean(ops.square(ops.sub(a, b))), student.shape[0] ?? 1);
}

function similarities(features: Tensor): Tensor {
  const rows = sampleRows(features);
  return unit(ops.matmul(rows, rows, { transposeB: true }));
}
