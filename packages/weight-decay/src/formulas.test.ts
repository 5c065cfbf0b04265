/** Formulas by hand, derivatives by differences in float64, and what is refused. */
import { losses, nn, ops, random, schedules, type Tensor, tensor } from '@parsimony/core';
import { expectClose, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { onBackends } from '../../../tooling/reference/check/backends';
import {
  activityPenalty, activityRegularization, clampNorms, confidencePenalty, elasticNet, elasticNetPenalty, elasticThreshold, entropyPenalty, gradientPenalty, groupLasso,
  groupLassoPenalty, groupThreshold, inputGradientPenalty, jacobianNorm, jacobianPenalty, l2sp, l2spPenalty, minMaxNorm, mixout, mixWeights, nonNegative,
  orthogonalPenalty, orthogonalRegularization, softOrthogonality, toUnitLength, unitNorm,
} from './index';

const x = (shape: readonly number[] = [2, 3], seed = 4): Tensor => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);

onBackends((backend) => {
  const close = { rtol: backend.rtol, atol: backend.rtol };

  test('the elastic threshold is where its objective is least', async () => {
    const [l1, l2] = [0.3, 0.7];
    const w = sample(9, { seed: 3 });
    const v = await elasticThreshold(tensor(w), { l1, l2 }).data();
    const objective = (at: number, i: number): number => l1 * Math.abs(at) + (l2 / 2) * at * at + ((at - (w[i] ?? NaN)) ** 2) / 2;
    v.forEach((at, i) => { for (const step of [-1e-3, 1e-3]) expect(objective(at + step, i)).toBeGreaterThan(objective(at, i)); });
    await expectClose(v, w.map((each) => (Math.sign(each) * Math.max(Math.abs(each) - l1, 0)) / (1 + l2)), close);
  });

  test('groups along an axis are shortened or gone; of kernels the channels', async () => {
    const kernel = x([4, 2, 2, 2]);
    const values = await kernel.data();
    const out = await groupThreshold(kernel, { threshold: 1.6 }).data();
    const lengths = Array.from({ length: 4 }, (_, g) => Math.hypot(...values.subarray(8 * g, 8 * g + 8) as unknown as number[]));
    expect(lengths.some((n) => n < 1.6) && lengths.some((n) => n > 1.6)).toBe(true);
    await expectClose(out, Array.from(values, (v, i) => v * Math.max(0, 1 - 1.6 / (lengths[i >> 3] ?? NaN))), close);
    lengths.forEach((n, g) => { if (n < 1.6) expect(Array.from(out.subarray(8 * g, 8 * g + 8), Math.abs)).toEqual(new Array(8).fill(0)); });
    expect(await groupThreshold(tensor([[0, 0], [1, 0]]), { threshold: 0 }).array()).toEqual([[0, 0], [1, 0]]);
    await expectClose([await groupLassoPenalty({ kernel }, { lambda: 0.5 }).item()], [0.5 * Math.sqrt(8) * lengths.reduce((a, b) => a + b, 0)], close);
  });

  test('soft orthogonality: of orthonormal rows 0, and both sides as they are defined', async () => {
    expect(await softOrthogonality(tensor([[0, 1, 0], [-1, 0, 0]])).item()).toBe(0);
    for (const shape of [[2, 5], [5, 2], [3, 2, 2]]) {
      const w = x(shape);
      const matrix = ops.reshape(w, [shape[0] ?? 0, -1]);
      const off = (gram: Tensor): Tensor => ops.sum(ops.square(ops.sub(gram, tensor(Array.from({ length: gram.size }, (_, i) => (i % ((gram.shape[0] ?? 0) + 1) === 0 ? 1 : 0)), gram.shape))));
      const [rows, columns] = [off(ops.matmul(matrix, matrix, { transposeB: true })), off(ops.matmul(matrix, matrix, { transposeA: true }))];
      await expectClose([await softOrthogonality(w).item()], [await rows.item()], close);
      await expectClose([await softOrthogonality(w, { doubleSided: true }).item()], [await ops.add(rows, columns).item()], close);
    }
  });

  test('lengths between bounds, part of the way, and unit length, along either axis', async () => {
    const w = tensor([[3, 4], [0.06, 0.08], [0, 0]]);
    await expectClose(clampNorms(w, { min: 1, max: 2, rate: 0.25 }), [[2.55, 3.4], [0.195, 0.26], [0, 0]], close);
    await expectClose(clampNorms(w, { max: 2, axis: 1 }), [[6 / Math.hypot(3, 0.06), 8 / Math.hypot(4, 0.08)], [0.12 / Math.hypot(3, 0.06), 0.16 / Math.hypot(4, 0.08)], [0, 0]], close);
    await expectClose(toUnitLength(w), [[0.6, 0.8], [0.6, 0.8], [0, 0]], close);
    expect(await clampNorms(w, { min: 0.1, max: 9, axis: 0 }).array()).toEqual(await w.array());
  });

  test('mixout: two values an element, the mean stays, and with a start of 0 it is dropout', async () => {
    const [w, start, p, n] = [5, 3, 0.3, 20_000];
    const mixed = await mixWeights(tensor(new Float32Array(n).fill(w)), tensor(new Float32Array(n).fill(start)), { p, key: random.key(3) }).data();
    const [replaced, stayed] = [(start - p * start) / (1 - p), (w - p * start) / (1 - p)];
    for (const v of mixed) expect(Math.min(Math.abs(v - replaced), Math.abs(v - stayed))).toBeLessThan(1e-4);
    // Four standard errors of the mean: sqrt(p (1 - p) / n) of the distance of the two.
    expect(Math.abs(Array.from(mixed).reduce((a, b) => a + b, 0) / n - w)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n) * (stayed - replaced));
    const zero = tensor(new Float32Array(64));
    const own = x([64]);
    await expectClose(mixWeights(own, zero, { p: 0.5, key: random.key(5) }), await ops.dropout(own, 0.5, random.key(5)).array() as number[], close);
    expect(await mixWeights(own, zero, { p: 1, key: random.key(5) }).array()).toEqual(await zero.array());
    expect(mixWeights(own, zero, { p: 0, key: random.key(5) })).toBe(own);
  });

  test('the Jacobian of a linear map is its matrix, and random directions give it in the mean', async () => {
    const w = x([4, 3]);
    const inputs = x([2, 4], 8);
    const f = (v: Tensor): Tensor => ops.matmul(v, w);
    const square = await ops.sum(ops.square(w)).item();
    await expectClose([await jacobianNorm(f, inputs, { projections: 'all' }).sum.item()], [2 * square], close);
    const [draws, samples] = [40, 50];
    const many = await jacobianNorm(f, x([samples, 4], 9), { projections: draws, key: random.key(1) }).sum.item();
    // C |v^T J|^2 is spread by less than its mean times sqrt(2), over 40 x 50 directions: four standard errors.
    expect(Math.abs(many / samples / square - 1)).toBeLessThan(4 * Math.sqrt(2 / (draws * samples)));
  });

  test('the penalty on input gradients is sum (2 |x| - target)^2 of |x|^2, by several inputs too', async () => {
    const f = ({ a, b }: Record<string, Tensor>): Tensor => ops.add(ops.sum(ops.square(a as Tensor), { axis: 1 }), ops.sum(ops.square(b as Tensor), { axis: 1 }));
    const inputs = { a: tensor([[1], [0.5]]), b: tensor([[2, 2], [0, 0]]), labels: tensor([1, 0], { dtype: 'int32' }) };
    await expectClose([await inputGradientPenalty(f as never, inputs).sum.item()], [36 + 1], close);
    await expectClose([await inputGradientPenalty(f as never, inputs, { target: 1 }).sum.item()], [25], close);
  });

  test('entropies: over any axis, with weights and with a threshold', async () => {
    const scores = tensor([[[0, 1], [0, 2]], [[3, 0], [0, 0]]]);
    const h = (a: number, b: number): number => { const p = 1 / (1 + Math.exp(b - a)); return -(p * Math.log(p) + (1 - p) * Math.log(1 - p)); };
    const each = [h(0, 0), h(1, 2), h(3, 0), h(0, 0)];
    await expectClose([await entropyPenalty(scores).sum.item()], [-each.reduce((a, b) => a + b, 0)], close);
    const { sum, denominator } = entropyPenalty(scores, { weights: tensor([[1, 0], [2, 0]]), threshold: 0.5 });
    await expectClose([await sum.item(), await denominator.item()], [2 * Math.max(0, 0.5 - h(3, 0)), 3], close);
    await expectClose([await entropyPenalty(scores, { classAxis: -1 }).sum.item()], [-(h(0, 1) + h(0, 2) + h(3, 0) + h(0, 0))], close);
  });
});

describe('on the reference', () => {
  beforeAll(useReference);

  test('gradient checks', async () => {
    await gradientCheck((w) => elasticNetPenalty({ w }, { l1: 0.3, l2: 0.2 }), [x()]);
    await gradientCheck((w) => elasticThreshold(w, { l1: 0.05, l2: 0.2 }), [x()]);
    await gradientCheck((w) => groupThreshold(w, { threshold: 0.3, axis: 1 }), [x()], { order: 2 });
    await gradientCheck((w) => groupLassoPenalty({ w }, { lambda: 0.3 }), [x()], { order: 2 });
    for (const shape of [[2, 3], [3, 2]]) await gradientCheck((w) => orthogonalPenalty({ w }, { lambda: 0.3, doubleSided: true }), [x(shape)], { order: 2 });
    await gradientCheck((w, start) => l2spPenalty({ w }, { w: start }, 0.3), [x(), x([2, 3], 5)], { order: 2 });
    await gradientCheck((w) => mixWeights(w, x([2, 3], 5), { p: 0.5, key: random.key(2) }), [x()]);
    await gradientCheck((w) => clampNorms(w, { min: 0.9, max: 1, rate: 0.7 }), [x()], { order: 2 });
    await gradientCheck((w) => toUnitLength(w), [x()], { order: 2 });
    await gradientCheck((a) => activityPenalty(a, { l1: 0.3, l2: 0.2 }), [x()]);
    await gradientCheck((scores) => entropyPenalty(scores, { threshold: 2 }).sum, [x()], { order: 2 });
  });

  test('gradient checks of the penalties on gradients, by weights and inputs', async () => {
    const net = (v: Tensor, w: Tensor, u: Tensor): Tensor => ops.matmul(ops.tanh(ops.matmul(v, w)), u);
    const given = { v: x([2, 3]), w: x([3, 4], 5), u: x([4, 3], 6) };
    for (const projections of [2, 'all'] as const) {
      await gradientCheck(({ v, w, u }: Record<string, Tensor>) => jacobianNorm((at: Tensor) => net(at, w as Tensor, u as Tensor), v as Tensor, { projections, key: random.key(1) }).sum, given);
    }
    const labels = tensor([2, 0], { dtype: 'int32' });
    for (const target of [0, 0.3]) {
      await gradientCheck(({ v, w, u }: Record<string, Tensor>) => inputGradientPenalty((at: Tensor) => losses.functional.crossEntropy(net(at, w as Tensor, u as Tensor), labels, { reduction: 'none' }), v as Tensor, { target }).sum, given);
    }
    // Layers with kernels of their own: linear, convolution, layer norm.
    const model = new nn.Sequential(new nn.Conv2d(1, 2, 2), new nn.Tanh(), new nn.Flatten(), new nn.Linear(8, 4), new nn.LayerNorm([4]), new nn.Linear(4, 2)).init(random.key(1));
    await gradientCheck((v) => jacobianNorm((at: Tensor) => model.forward(at), v, { projections: 'all' }).sum, [x([2, 1, 3, 3])]);
  });

  test('scheduled strengths', async () => {
    const lambda = schedules.linear({ start: 0, end: 1, steps: 10 });
    const progress = { step: 5, totalSteps: 10 };
    const params = { w: tensor([[3, -4]]) };
    expect(await elasticNetPenalty(params, { l1: lambda, l2: 0, progress }).item()).toBeCloseTo(3.5, 12);
    expect(await groupLassoPenalty(params, { lambda, scaleBySize: false, progress }).item()).toBeCloseTo(2.5, 12);
    expect(await orthogonalPenalty(params, { lambda, progress }).item()).toBeCloseTo(0.5 * 24 ** 2, 12);
  });

  test('errors', () => {
    const w = tensor([[1, 2]]);
    expect(() => elasticNet({ lambda: 1 } as never)).toThrow('elasticNet: unknown option `lambda`.');
    expect(() => elasticThreshold(w, { l1: -1, l2: 0 })).toThrow('elasticThreshold: `l1` must be in [0, inf), received -1.');
    expect(() => groupLasso({ axis: 0.5 })).toThrow('groupLasso: `axis` must be a whole number, received 0.5.');
    expect(() => groupThreshold(w, { threshold: 1, axis: 2 })).toThrow('groupThreshold: there is no axis 2 in a weight of shape [1, 2].');
    expect(() => softOrthogonality(tensor([1]))).toThrow('softOrthogonality: expected two axes or more, received [1].');
    expect(() => orthogonalRegularization({ lambda: -1 })).toThrow('`lambda` must be in [0, inf), received -1.');
    expect(() => l2sp({ fresh: 'head.**' as never })).toThrow('l2sp: `fresh` must be a list of globs over parameter paths');
    expect(() => l2sp({ alpha: -1 })).toThrow('l2sp: `alpha` must be in [0, inf), received -1.');
    expect(() => l2spPenalty({ w }, { v: w }, 1)).toThrow('l2spPenalty: there is no parameter `v`; there are: w.');
    expect(() => mixout({ p: 1.5 })).toThrow('mixout: `p` must be in [0, 1], received 1.5.');
    expect(() => minMaxNorm({ min: 2, max: 1 })).toThrow('minMaxNorm: `min` must not be above `max`, received 2 and 1.');
    expect(() => clampNorms(w, { min: 2, max: 1 })).toThrow('clampNorms: `min` must not be above `max`, received 2 and 1.');
    expect(() => minMaxNorm({ rate: 2 })).toThrow('minMaxNorm: `rate` must be in [0, 1], received 2.');
    expect(() => unitNorm({ max: 1 } as never)).toThrow('unitNorm: unknown option `max`.');
    expect(() => nonNegative({ exclude: '**' as never })).toThrow('nonNegative: `exclude` must be a list of globs');
    expect(() => activityRegularization({ l1: 1 } as never)).toThrow('activityRegularization: `match` must be a glob over module paths');
    expect(() => activityRegularization({ match: '1', l1: -1 })).toThrow('`l1` must be in [0, inf), received -1.');
    expect(() => jacobianPenalty({ projections: 'some' as never })).toThrow("jacobianPenalty: `projections` must be a whole number in [1, inf) or 'all', received \"some\".");
    expect(() => jacobianPenalty({ mode: 'test' as never })).toThrow("`mode` must be one of 'eval', 'train'");
    expect(() => jacobianNorm((v: Tensor) => v, w)).toThrow('jacobianNorm: random directions need a `key`');
    expect(() => jacobianNorm((v: Tensor) => ops.sum(v, { axis: 0 }), w, { projections: 'all' })).toThrow('jacobianNorm: the outputs must have the 1 samples of the inputs on axis 0, received [2].');
    expect(() => gradientPenalty({ of: 'output' as never })).toThrow("gradientPenalty: `of` must be one of 'loss', 'outputs'");
    expect(() => inputGradientPenalty((v: Tensor) => v, tensor([1], { dtype: 'int32' }))).toThrow('none of the inputs is float32');
    expect(() => confidencePenalty({ threshold: -1 })).toThrow('confidencePenalty: `threshold` must be in [0, inf), received -1.');
    expect(() => entropyPenalty(w, { weights: w })).toThrow('entropyPenalty: `weights` must be [1], received [1, 2].');
  });
});
