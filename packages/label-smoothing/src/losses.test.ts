/** Focal and poly losses and smoothed yes-or-no targets against PyTorch and torchvision; the cases are made by tooling/reference. */
import { arrayDataset, type LossFunction, losses, nn, ops, optim, schedules, type Target, type Tensor, tensor, Trainer, useBackend, valueAndGrad } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, gradientCheck, sample, toTensor, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectFixture, onBackends, techniqueBackends } from '../../../tooling/reference/check/backends';
import { focalLoss, labelSmoothing, polyLoss, sigmoidFocalLoss, smoothBinaryTargets, smoothLabels } from './index';

interface Case {
  readonly name: string;
  readonly loss: 'focalLoss' | 'polyLoss' | 'sigmoidFocalLoss' | 'bceWithLogits';
  readonly options: object;
  readonly scores: FixtureArray;
  readonly labels?: FixtureArray;
  readonly probs?: FixtureArray;
  readonly values?: FixtureArray;
  readonly weight?: FixtureArray;
  readonly epsilon?: number;
  readonly mean: number;
  readonly grad: FixtureArray;
}
const { cases } = await fixture<Case>(new URL('../fixtures/losses.json', import.meta.url));
const make: Readonly<Record<Case['loss'], (options: object) => LossFunction>> = { focalLoss, polyLoss, sigmoidFocalLoss, bceWithLogits: losses.bceWithLogits };

const meanOf = (loss: LossFunction, scores: Tensor, target: Target): Tensor => {
  const { sum, denominator } = loss(scores, target);
  return ops.div(sum, denominator);
};
const draw = (seed: number, ...shape: readonly number[]): Tensor => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);
const index = (values: readonly number[], numClasses: number): Target => ({ kind: 'index', labels: tensor(values, { dtype: 'int32' }), numClasses });

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { loss, options, scores, labels, probs, values, weight, epsilon, mean, grad }) => {
    const given: Target = labels ? { kind: 'index', labels: toTensor(labels), numClasses: 4 }
      : probs ? { kind: 'soft', probs: toTensor(probs) } : { kind: 'value', values: toTensor(values as FixtureArray) };
    const target = epsilon === undefined ? given : given.kind === 'value' ? smoothBinaryTargets(given, { epsilon }) : smoothLabels(given, { epsilon });
    const lossOf = make[loss]({ ...options, ...(weight && { weight: Array.from(weight.data) }) });
    const made = valueAndGrad((x: Tensor) => meanOf(lossOf, x, target))(toTensor(scores));
    await expectClose(made.value, mean, { rtol: 10 * backend.rtol, name: 'mean' });
    // A surer label's part is a difference of numbers near 1.
    await expectFixture('gradient of the scores', made.grads, grad, { ...backend, rtol: 10 * backend.rtol });
  });

  test('with g = 0 the focal loss is the cross entropy, with e = 0 the poly loss too: weights, ignored labels, mixtures and axes', async () => {
    const options = { weight: [1, 0.25, 3], ignoreIndex: 7 };
    const shares = tensor([[0, 0.25, 0.75], [1, 0, 0]]);
    const targets: [Tensor, Target][] = [
      [draw(1, 4, 3), index([0, 7, 2, 1], 3)], [draw(2, 2, 3), { kind: 'soft', probs: shares }],
      [draw(3, 2, 3), { kind: 'soft', probs: shares, weights: tensor([1, 0.5]), labels: shares }],
      [draw(4, 2, 3), { kind: 'soft', probs: shares, weights: tensor([1, 0]), labels: tensor([2, 0], { dtype: 'int32' }) }],
      [draw(5, 1, 3, 2), { kind: 'index', labels: tensor([[2, 7]], { dtype: 'int32' }), numClasses: 3 }],
    ];
    for (const [scores, target] of targets) {
      const expected = losses.crossEntropy(options)(scores, target);
      for (const loss of [focalLoss({ ...options, gamma: 0 }), polyLoss({ ...options, epsilon: 0 })]) {
        const { sum, denominator } = loss(scores, target);
        await expectClose(sum, expected.sum, { rtol: 1e-5 });
        await expectClose(denominator, expected.denominator, { rtol: 1e-6 });
      }
    }
    const last = { kind: 'index', labels: tensor([[0, 1], [2, 0]], { dtype: 'int32' }), numClasses: 3 } as const;
    const scores = draw(6, 2, 3, 2);
    await expectClose(focalLoss({ classAxis: -1 })(ops.transpose(scores, 1, 2), last).sum, focalLoss()(scores, last).sum, { rtol: 1e-5 });
  });

  test('scores of any size have finite losses and gradients, below a power of 1 too', async () => {
    const scores = tensor([[200, -200, 0], [-200, 200, 0]]);
    for (const loss of [focalLoss({ gamma: 0.5 }), polyLoss({ gamma: 0.5 }), sigmoidFocalLoss({ gamma: 0.5 })]) {
      const target: Target = loss.lossName === 'sigmoidFocalLoss' ? { kind: 'value', values: tensor([[1, 0, 1], [1, 1, 0]]) } : index([0, 0], 3);
      const { value, grads } = valueAndGrad((x: Tensor) => meanOf(loss, x, target))(scores);
      expect([await value.item(), ...await grads.data()].every(Number.isFinite)).toBe(true);
    }
  });
});

test('gradient check', async () => {
  await useReference();
  const target: Target = { kind: 'soft', probs: ops.softmax(draw(7, 3, 4)) };
  for (const loss of [focalLoss(), focalLoss({ gamma: 0.7, weight: [1, 2, 0.5, 1] }), polyLoss(), polyLoss({ epsilon: -0.5, gamma: 1.5 })]) await gradientCheck((x) => meanOf(loss, x, target), [draw(8, 3, 4)], { order: 2 });
  await gradientCheck((x) => meanOf(sigmoidFocalLoss(), x, { kind: 'value', values: ops.sigmoid(draw(9, 3, 4)) }), [draw(8, 3, 4)], { order: 2 });
});

describe.each(techniqueBackends)('in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const yes = Float32Array.from({ length: 48 }, (_, i) => (i * 7 + (i >> 2)) % 3 === 0 ? 1 : 0);
  const data = (values: Float32Array) => arrayDataset({ inputs: Float32Array.from(sample(72, { seed: 2 })), shape: [3], values, targetShape: [2] });
  const fit = async (values: Float32Array, options: object, { loss = losses.bceWithLogits(), accumulate = 1, plugins = [] as ReturnType<typeof labelSmoothing>[] } = {}) => {
    const trainer = new Trainer({ model: new nn.Linear(3, 2), loss, optimizer: optim.sgd({ lr: 0.5 }), seed: 3, accumulate, plugins, ...options });
    await trainer.fit({ train: data(values), epochs: 2, batchSize: 8 });
    const weights: number[] = [];
    for (const x of Object.values(trainer.model.parameters())) weights.push(...Array.from(await x.data()));
    return weights;
  };
  const smoothed = (epsilon: number) => yes.map((y) => (1 - epsilon) * y + epsilon / 2);

  test.each([1, 4])('labelSmoothing smooths yes-or-no targets as if the data had been, with %d microbatches', async (accumulate) => {
    for (const loss of [losses.bceWithLogits(), losses.bceWithLogits({ posWeight: [1, 3] }), sigmoidFocalLoss()]) {
      const [plugin, byHand] = [await fit(yes, {}, { loss, accumulate, plugins: [labelSmoothing({ epsilon: 0.2 })] }), await fit(smoothed(0.2), {}, { loss })];
      await expectClose(plugin, byHand, { rtol: 1e-4 });
    }
  });

  test('for another loss of such targets one says so; schedules hold', async () => {
    const own = Object.assign((...[x, y]: Parameters<LossFunction>) => losses.bceWithLogits()(x, y), { lossName: 'mine', options: {} }) as LossFunction;
    const plugins = [labelSmoothing({ epsilon: schedules.step({ value: 0.4, stepSize: 1000 }), targets: 'binary' })];
    await expectClose(await fit(yes, {}, { loss: own, plugins }), await fit(smoothed(0.4), {}), { rtol: 1e-4 });
    await expect(fit(yes, {}, { loss: own, plugins: [labelSmoothing()] })).rejects.toThrow('for several yes-or-no labels use `smoothBinaryTargets`.');
    // 6 steps in all: from the second on nothing is smoothed.
    const [late, never] = [await fit(yes, {}, { plugins: [labelSmoothing({ epsilon: schedules.step({ value: 0.4, stepSize: 1, gamma: 1e-12 }) })] }), await fit(yes, {})];
    expect(late).not.toEqual(never);
  });

  test('focal and poly losses train with labels, beside labelSmoothing', async () => {
    const classes = arrayDataset({ inputs: Float32Array.from(sample(72, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 24 }, (_, i) => (i % 5 === 4 ? -100 : i % 3)), numClasses: 3, ignoreIndex: -100 });
    for (const loss of [focalLoss({ weight: [1, 2, 0.5] }), polyLoss()]) {
      const trainer = new Trainer({ model: new nn.Linear(3, 3), loss, optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins: [labelSmoothing()] });
      const { history } = await trainer.fit({ train: classes, epochs: 8, batchSize: 8 });
      expect(history.at(-1)?.values['loss']).toBeLessThan(history[0]?.values['loss'] ?? 0);
    }
  });
});

test('errors', async () => {
  await useReference();
  expect(() => focalLoss({ gama: 2 } as never)).toThrow('focalLoss: unknown option `gama`. Did you mean `gamma`?');
  expect(() => focalLoss({ weight: [1, -1] })).toThrow('focalLoss: `weight` must be a list of numbers of 0 or more, received');
  expect(() => focalLoss({ classAxis: 0.5 })).toThrow('focalLoss: `classAxis` must be a whole number');
  expect(() => polyLoss({ gamma: NaN })).toThrow('polyLoss: `gamma` must be in [0, inf), received NaN.');
  const scores = draw(1, 2, 3);
  expect(() => focalLoss()(scores, index([0, 1], 4))).toThrow('focalLoss: the data have 4 classes, the outputs 3.');
  expect(() => focalLoss()(scores, index([0, 3], 3))).toThrow('focalLoss: label out of range: labels must be in [0, 3) or -100, which is ignored.');
  expect(() => focalLoss()(scores, index([0], 3))).toThrow('focalLoss: outputs and targets must agree, received [2, 3] and distributions [1, 3].');
  expect(() => focalLoss()(scores, { kind: 'value', values: scores })).toThrow("focalLoss: expected class labels or distributions (a target of kind 'index' or 'soft'), received kind 'value'.");
  expect(() => focalLoss({ weight: [1, 2] })(scores, index([0, 1], 3))).toThrow('focalLoss: `weight` must hold one number for each of 3 classes, received 2.');
  expect(() => focalLoss()({ a: scores }, index([0, 1], 3))).toThrow('focalLoss: the outputs must be one tensor');
  expect(() => sigmoidFocalLoss()(scores, index([0, 1], 3))).toThrow("sigmoidFocalLoss: expected a target of kind 'value', or 'soft' without weights, received kind 'index'. For class labels use `focalLoss`.");
  expect(() => smoothBinaryTargets(index([0], 3))).toThrow("smoothBinaryTargets: expected yes-or-no targets (kind 'value' or 'soft'), received kind 'index'. For class labels use `smoothLabels`.");
  expect(() => smoothBinaryTargets({ kind: 'value', values: scores }, { epsilon: 2 })).toThrow('smoothBinaryTargets: `epsilon` must be in [0, 1], received 2.');
  expect(() => labelSmoothing({ targets: 'sigmoid' as never })).toThrow("labelSmoothing: `targets` must be one of 'classes', 'binary', received \"sigmoid\".");
});
