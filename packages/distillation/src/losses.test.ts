/** The definitions worked out by hand, what each loss does not see, gradients by differences, and refusals. */
import { grad, type Loss, ops, type Tensor, tensor, useBackend } from '@parsimony/core';
import { expectClose, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { attentionLoss, correlationLoss, decoupledLoss, distillationLoss, hintLoss, relationalLoss, similarityLoss } from './index';

const draw = (seed: number, ...shape: number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);
const labels = (...of: number[]) => tensor(of, { dtype: 'int32' });
const mean = ({ sum, denominator }: Loss): Tensor => ops.div(sum, denominator);
const valueOf = async (loss: Loss) => mean(loss).item();

describe.each(techniqueBackends)('by hand, on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('hint: the mean of squared differences', async () => {
    expect(await valueOf(hintLoss(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [2, 4]])))).toBeCloseTo((4 + 1) / 4, 5);
  });

  test('attention: maps (3, 4) / 5 and (1, 0)', async () => {
    // |f|^2 averaged over channels: (9 + 0, 8 + 4) / 2 = (4.5, 6), a direction of (.6, .8).
    const student = tensor([[[3, Math.sqrt(8)], [0, 2]]]);
    expect(await valueOf(attentionLoss(student, tensor([[[7, 0]]])))).toBeCloseTo((0.4 ** 2 + 0.8 ** 2) / 2, 5);
    // With p 1: ((3 + 0) / 2, (2 sqrt 2 + 2) / 2).
    const [a, b] = [1.5, Math.SQRT2 + 1];
    const length = Math.hypot(a, b);
    expect(await valueOf(attentionLoss(student, tensor([[[7, 0]]]), { p: 1 }))).toBeCloseTo(((a / length - 1) ** 2 + (b / length) ** 2) / 2, 5);
  });

  test('similarity: rows of A A^T', async () => {
    // G(s) = [[1, 0], [0, 4]] -> the identity; G(t) = [[9, 12], [12, 16]] -> rows (.6, .8).
    expect(await valueOf(similarityLoss(tensor([[1, 0], [0, 2]]), tensor([[3], [4]])))).toBeCloseTo((0.4 ** 2 + 0.8 ** 2 + 0.6 ** 2 + 0.2 ** 2) / 4, 5);
  });

  test('relational: distances over their mean', async () => {
    // On a line at 0, 1, 3 the distances 1, 3, 2 have the mean 2; at 0, 2, 4: 2, 4, 2 of the mean 8/3.
    const [s, t] = [[0.5, 1.5, 1], [0.75, 1.5, 0.75]];
    const expected = 2 * s.reduce((all, d, i) => all + (d - t[i]!) ** 2 / 2, 0) / 9;
    expect(await valueOf(relationalLoss(tensor([[0], [1], [3]]), tensor([[0], [2], [4]]), { distance: 1, angle: 0 }))).toBeCloseTo(expected, 5);
  });

  test('relational: angles', async () => {
    // A right angle at the first corner and 45 degrees at the others, against an equilateral triangle: cosine 1/2 everywhere.
    const student = tensor([[0, 0], [1, 0], [0, 1]]);
    const teacher = tensor([[0, 0], [1, 0], [0.5, Math.sqrt(3) / 2]]);
    const expected = 2 * (0.5 ** 2 + 2 * (Math.SQRT1_2 - 0.5) ** 2) / 2 / 27;
    expect(await valueOf(relationalLoss(student, teacher, { distance: 0, angle: 1 }))).toBeCloseTo(expected, 5);
  });

  test('decoupled: both divergences', async () => {
    // Student (1/2, 1/4, 1/4), teacher (1/4, 1/2, 1/4) of target 0: (1/2, 1/2) against (1/4, 3/4), (1/2, 1/2) against (2/3, 1/3).
    const logs = (...p: number[]) => tensor([p.map(Math.log)]);
    const [student, teacher] = [logs(0.5, 0.25, 0.25), logs(0.25, 0.5, 0.25)];
    const binary = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
    const others = 2 / 3 * Math.log(4 / 3) + 1 / 3 * Math.log(2 / 3);
    expect(await valueOf(decoupledLoss(student, teacher, labels(0), { alpha: 3, beta: 5, temperature: 1 }))).toBeCloseTo(3 * binary + 5 * others, 5);
    // With beta what the teacher leaves to others, it is Hinton's (their equation 7).
    const hinton = await valueOf(distillationLoss(student, teacher, { temperature: 1 }));
    expect(await valueOf(decoupledLoss(student, teacher, labels(0), { alpha: 1, beta: 0.75, temperature: 1 }))).toBeCloseTo(hinton, 5);
  });

  test('correlation: within samples and within classes', async () => {
    // Rows of probabilities (p, 1 - p): within a sample r is 1 or -1; within a class that of the p.
    const logs = (p: readonly number[]) => tensor(p.map((v) => [Math.log(v), Math.log(1 - v)]));
    const [student, teacher] = [logs([0.6, 0.7, 0.8]), logs([0.7, 0.6, 0.9])];
    // Deviations (-.1, 0, .1) and (-1/30, -2/15, 1/6).
    const r = (0.1 / 30 + 0.1 / 6) / Math.sqrt(0.02 * ((1 / 30) ** 2 + (2 / 15) ** 2 + (1 / 6) ** 2));
    expect(await valueOf(correlationLoss(student, teacher, { beta: 1, gamma: 0 }))).toBeCloseTo(0, 4);
    expect(await valueOf(correlationLoss(student, teacher, { beta: 0, gamma: 2 }))).toBeCloseTo(2 * (1 - r), 4);
  });
});

describe.each(techniqueBackends)('what they do not see, on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('scale, shift and turns of features', async () => {
    const [s, t] = [draw(1, 5, 2), draw(2, 5, 3)];
    const turn = tensor([[0.6, -0.8], [0.8, 0.6]]);
    const moved = ops.add(ops.mul(ops.matmul(s, turn), 3), tensor([5, -7]));
    await expectClose(mean(relationalLoss(moved, t)), mean(relationalLoss(s, t)), { rtol: 1e-4 });
    await expectClose(mean(similarityLoss(ops.mul(ops.matmul(s, turn), 3), t)), mean(similarityLoss(s, t)), { rtol: 1e-4 });
    const maps = draw(3, 2, 3, 4);
    expect(await valueOf(attentionLoss(ops.mul(maps, -2), maps))).toBeCloseTo(0, 6);
  });

  test('an ignored label, and classes along another axis', async () => {
    const [s, t] = [draw(1, 2, 3, 4), draw(2, 2, 3, 4)];
    const of = labels(0, 1, -100, 2, 2, 2, 0, 1);
    const first = decoupledLoss(s, t, ops.reshape(of, [2, 4]));
    expect(await first.denominator.item()).toBe(7);
    const last = decoupledLoss(ops.permute(s, [0, 2, 1]), ops.permute(t, [0, 2, 1]), ops.reshape(of, [2, 4]), { classAxis: -1 });
    await expectClose(last.sum, first.sum);
    await expectClose(correlationLoss(ops.permute(s, [0, 2, 1]), ops.permute(t, [0, 2, 1]), { classAxis: -1 }).sum, correlationLoss(s, t).sum);
  });

  test('the teacher has no gradient, and equal or dead features give none that is not finite', async () => {
    const same = tensor([[0, 0, 0], [0, 0, 0], [1, 2, 3]]);
    const maps = ops.reshape(same, [3, 1, 3]);
    for (const loss of [
      (s: Tensor, t: Tensor) => relationalLoss(s, t), (s: Tensor, t: Tensor) => similarityLoss(s, t), (s: Tensor, t: Tensor) => attentionLoss(ops.reshape(s, [3, 1, 3]), ops.add(maps, ops.mul(ops.reshape(t, [3, 1, 3]), 1))),
      (s: Tensor, t: Tensor) => correlationLoss(s, t), (s: Tensor, t: Tensor) => decoupledLoss(s, t, labels(0, 1, 2)), (s: Tensor, t: Tensor) => hintLoss(s, t),
    ]) {
      const [own, his] = [grad((s: Tensor) => loss(s, draw(4, 3, 3)).sum)(same), grad((t: Tensor) => loss(same, t).sum)(draw(4, 3, 3))];
      expect(Array.from(await own.data()).every(Number.isFinite)).toBe(true);
      expect(Array.from(await his.data()).every((v) => v === 0)).toBe(true);
    }
  });
});

describe('gradients by differences', () => {
  beforeAll(useReference);
  test.each<[string, (s: Tensor) => Loss, number[]]>([
    ['hint', (s) => hintLoss(s, draw(5, 3, 4)), [3, 4]],
    ['attention', (s) => attentionLoss(s, draw(5, 2, 4, 3, 3)), [2, 2, 4, 4]],
    ['similarity', (s) => similarityLoss(s, draw(5, 4, 3)), [4, 2]],
    ['relational', (s) => relationalLoss(s, draw(5, 4, 3)), [4, 2]],
    ['decoupled', (s) => decoupledLoss(s, draw(5, 3, 4), labels(0, 3, 1)), [3, 4]],
    ['correlation', (s) => correlationLoss(s, draw(5, 4, 3)), [4, 3]],
  ])('%s', async (_, loss, shape) => {
    await gradientCheck((s) => loss(s as Tensor).sum, [draw(4, ...shape)]);
  });
});

test('errors', async () => {
  await useReference();
  expect(() => hintLoss(draw(1, 2, 3), draw(1, 2, 5))).toThrow("hintLoss: the student's features have shape [2, 3], the teacher's [2, 5]. A regressor makes them alike: { regressor: { inFeatures: 3, outFeatures: 5 } }");
  expect(() => similarityLoss(draw(1, 2, 3), draw(1, 3, 3))).toThrow('similarityLoss: student and teacher must see the same samples, received [2, 3] and [3, 3].');
  expect(() => relationalLoss(draw(1, 2), draw(1, 2))).toThrow('relationalLoss: features must have 2 axes or more');
  expect(() => attentionLoss(draw(1, 2, 3), draw(1, 2, 3))).toThrow('attentionLoss: features must have 3 axes or more');
  expect(() => attentionLoss(draw(1, 2, 3, 2), draw(1, 2, 3, 2, 2))).toThrow('attentionLoss: both must have the same one to three spatial axes');
  expect(() => attentionLoss(draw(1, 2, 3, 2), draw(1, 2, 3, 2), { p: 0 })).toThrow('attentionLoss: `p` must be in (0, inf), received 0.');
  expect(() => decoupledLoss(draw(1, 2, 1), draw(1, 2, 1), labels(0, 0))).toThrow('decoupledLoss: there must be two classes or more');
  expect(() => decoupledLoss(draw(1, 2, 3), draw(1, 2, 3), labels(0))).toThrow('decoupledLoss: scores of shape [2, 3] have 2 targets, received labels of shape [1].');
  expect(() => correlationLoss(draw(1, 2, 3), draw(1, 2, 4))).toThrow('correlationLoss: the scores of the teacher must have the shape');
  expect(() => correlationLoss(draw(1, 2, 3), draw(1, 2, 3), { gama: 1 } as never)).toThrow('correlationLoss: unknown option `gama`. Did you mean `gamma`?');
});
