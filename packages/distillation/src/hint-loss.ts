/** FitNets' hints: features that are to be those of the teacher. */
import { fail, type Loss, ops, showShape, type Tensor } from '@parsimony/core';
import { checkFeatures, meanOver } from './shapes';

/**
 * mean (s - t)^2 over all elements, with s the student's features as a regressor made them. The paper has half the sum; this is the scale
 * of mdistiller.
 *
 * @param student - [N, ...], float32: what the regressor gave.
 * @param teacher - Of the same shape, no gradient goes to it.
 * @returns The mean times N, over N.
 * @throws shape: different shapes.
 * @see Romero et al., "FitNets: Hints for Thin Deep Nets", arXiv:1412.6550.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { hintLoss } from '@parsimony/distillation';
 * await ready();
 * await hintLoss(tensor([[1, 2]]), tensor([[1, 5]])).sum.item(); // => 4.5
 * ```
 */
export function hintLoss(student: Tensor, teacher: Tensor): Loss {
  const where = 'hintLoss';
  const fixed = checkFeatures(where, student, teacher);
  if (showShape(student.shape) !== showShape(fixed.shape)) {
    fail('shape', `${where}: the student's features have shape ${showShape(student.shape)}, the teacher's ${showShape(fixed.shape)}. A regressor makes them alike: { regressor: { inFeatures: ${student.shape[1] ?? 1}, outFeatures: ${fixed.shape[1] ?? 1} } }, or a module of your own where more than the channels differ.`);
  }
  return meanOver(ops.mean(ops.square(ops.sub(student, fixed))), student.shape[0] ?? 1);
}
