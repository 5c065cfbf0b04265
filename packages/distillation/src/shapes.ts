/** What the losses share: shapes that must agree, and how samples and classes become rows. */
import { detach, fail, isTensor, type Loss, ops, scalar, show, showShape, type Tensor } from '@parsimony/core';

/** Scores of one model and another, of one shape. The teacher's come back without gradient. */
export function checkScores(where: string, student: Tensor, teacher: Tensor): Tensor {
  if (!isTensor(student) || !isTensor(teacher)) return fail('dtype', `${where}: student and teacher must be one tensor of scores each, received ${show(student)} and ${show(teacher)}.`);
  if (showShape(student.shape) !== showShape(teacher.shape)) {
    fail('shape', `${where}: the scores of the teacher must have the shape of the student's, ${showShape(student.shape)}, received ${showShape(teacher.shape)}. Do both know the same classes?`);
  }
  return detach(teacher);
}

/** Features of the same samples, with two axes or more. The teacher's come back without gradient. */
export function checkFeatures(where: string, student: Tensor, teacher: Tensor, rank = 2): Tensor {
  if (!isTensor(student) || !isTensor(teacher)) return fail('dtype', `${where}: student and teacher must be one tensor of features each, received ${show(student)} and ${show(teacher)}.`);
  const [a, b] = [student.shape, teacher.shape];
  if (a.length < rank || b.length < rank) fail('shape', `${where}: features must have ${rank} axes or more, [N, ...], received ${showShape(a)} and ${showShape(b)}.`);
  if (a[0] !== b[0]) fail('shape', `${where}: student and teacher must see the same samples, received ${showShape(a)} and ${showShape(b)}.`);
  return detach(teacher);
}

/** [N, ...] -> [N, D]. */
export const sampleRows = (x: Tensor): Tensor => (x.rank === 2 ? x : ops.reshape(x, [x.shape[0] ?? 1, x.size / (x.shape[0] ?? 1)]));

/** Scores [N, C, ...] with the classes along `axis` -> [M, C], a row a target. */
export function classRows(scores: Tensor, axis: number): Tensor {
  if (scores.rank === 1) return ops.reshape(scores, [1, scores.size]);
  const at = axis < 0 ? axis + scores.rank : axis;
  const classes = scores.shape[at] ?? fail('shape', `distillation: scores of shape ${showShape(scores.shape)} have no class axis ${axis}.`);
  const order = [...scores.shape.keys()].filter((i) => i !== at);
  const last = at === scores.rank - 1 ? scores : ops.permute(scores, [...order, at]);
  return last.rank === 2 ? last : ops.reshape(last, [scores.size / classes, classes]);
}

/** x / ||x|| along the last axis. The direction of the zero vector is 0, and so is its gradient, where PyTorch's `normalize` divides by 1e-12. */
export function unit(x: Tensor): Tensor {
  const length = ops.norm(x, { axis: -1, keepdim: true });
  const open = ops.greater(length, 1e-12);
  return ops.mul(x, ops.where(open, ops.reciprocal(ops.where(open, length, 1)), 0));
}

/** A mean over n samples as a loss, so that microbatches count by their size. */
export const meanOver = (mean: Tensor, n: number): Loss => ({ sum: ops.mul(mean, n), denominator: scalar(n) });
