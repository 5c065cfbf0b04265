/** Relational knowledge distillation (RKD): distances and angles among the samples of a batch. */
import { checkNumber, checkOptions, type Loss, losses, ops, type Tensor } from '@parsimony/core';
import { checkFeatures, meanOver, sampleRows, unit } from './shapes';

export interface RelationalLossOptions {
  /** Factor of the distances, 0 or more. Default 25. */
  readonly distance?: number;
  /** Factor of the angles, 0 or more. Default 50. */
  readonly angle?: number;
}

/**
 * distance mean_ij l(psi(s)_ij, psi(t)_ij) + angle mean_ijk l(cos(s)_ijk, cos(t)_ijk), with psi_ij = |x_i - x_j| over its mean over pairs i != j,
 * cos_ijk the cosine of the angle at x_i between x_j and x_k, and l the smooth absolute error. Distances to itself are 0, and so are
 * angles without a direction. Shapes beyond N may differ. Depends on the batch; N^2 D numbers are held.
 *
 * @param student - [N, ...], float32.
 * @param teacher - [N, ...], no gradient goes to it.
 * @returns The value times N, over N.
 * @throws shape: another number of samples. option: an unknown option or one out of range.
 * @see Park et al., "Relational Knowledge Distillation", arXiv:1904.05068; factors and means are those of mdistiller.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { relationalLoss } from '@parsimony/distillation';
 * await ready();
 * // Turned and scaled: every distance and angle is in the same proportion.
 * const [student, teacher] = [tensor([[0, 0], [0, 2], [2, 0]]), tensor([[0, 0], [3, 0], [0, 3]])];
 * (await relationalLoss(student, teacher).sum.item()) < 1e-6; // => true
 * ```
 */
export function relationalLoss(student: Tensor, teacher: Tensor, options: RelationalLossOptions = {}): Loss {
  const where = 'relationalLoss';
  checkOptions(where, options, ['distance', 'angle']);
  const distance = checkNumber(where, 'distance', options.distance ?? 25, { min: 0 });
  const angle = checkNumber(where, 'angle', options.angle ?? 50, { min: 0 });
  const fixed = checkFeatures(where, student, teacher);
  const [s, t] = [student, fixed].map((x) => differences(sampleRows(x))) as [Tensor, Tensor];
  const parts = [
    ...(distance > 0 ? [ops.mul(losses.functional.smoothL1(distances(s), distances(t)), distance)] : []),
    ...(angle > 0 ? [ops.mul(losses.functional.smoothL1(cosines(s), cosines(t)), angle)] : []),
  ];
  return meanOver(parts.length === 0 ? ops.mul(ops.mean(student), 0) : parts.reduce((a, b) => ops.add(a, b)), student.shape[0] ?? 1);
}

/** [N, D] -> [N, N, D]: x_j - x_i at i, j. */
const differences = (x: Tensor): Tensor => ops.sub(ops.unsqueeze(x, 0), ops.unsqueeze(x, 1));

function distances(of: Tensor): Tensor {
  const n = of.shape[0] ?? 1;
  const each = ops.norm(of, { axis: 2 });
  return ops.div(each, ops.maximum(ops.div(ops.sum(each), Math.max(1, n * (n - 1))), 1e-12));
}

function cosines(of: Tensor): Tensor {
  const directions = unit(of);
  return ops.matmul(directions, directions, { transposeB: true });
}
