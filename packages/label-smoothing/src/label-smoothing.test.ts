import { type AnyPlugin, arrayDataset, losses, nn, ops, optim, schedules, type Target, type Tensor, tensor, Trainer, useBackend } from '@parsimony/core';
import { applyMixup, mixup } from '@parsimony/augment';
import { expectClose, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { labelSmoothing, smoothLabels } from './index';

const labels = (of: number[], numClasses = 3): Target => ({ kind: 'index', labels: tensor(of, { dtype: 'int32' }), numClasses });
const probsOf = (target: Target): Tensor => {
  if (target.kind !== 'soft') throw new Error(`kind ${target.kind}`);
  return target.probs;
};

describe.each(techniqueBackends)('smoothLabels on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('three classes, class 1, e 0.1', async () => {
    await expectClose(probsOf(smoothLabels(labels([1]))), [[0.1 / 3, 0.9 + 0.1 / 3, 0.1 / 3]], { rtol: 1e-6 });
  });

  test('e of 0 is the target itself, e of 1 the uniform distribution', async () => {
    const target = labels([0, 2]);
    expect(smoothLabels(target, { epsilon: 0 })).toBe(target);
    await expectClose(probsOf(smoothLabels(target, { epsilon: 1 })), [[1 / 3, 1 / 3, 1 / 3], [1 / 3, 1 / 3, 1 / 3]], { rtol: 1e-6 });
  });

  test('an ignored label has weight 0', async () => {
    const smoothed = smoothLabels(labels([1, -100]));
    expect(smoothed.kind === 'soft' && await smoothed.weights?.array()).toEqual([1, 0]);
    const other = smoothLabels({ ...labels([1, 2]), ignoreIndex: 2 } as Target);
    expect(other.kind === 'soft' && await other.weights?.array()).toEqual([1, 0]);
  });

  test('the classes stand where the outputs have them', async () => {
    const target: Target = { kind: 'index', labels: tensor([[0, 1], [2, 0]], { dtype: 'int32' }), numClasses: 3 };
    const [first, last] = [probsOf(smoothLabels(target)), probsOf(smoothLabels(target, { classAxis: -1 }))];
    expect([first.shape, last.shape]).toEqual([[2, 3, 2], [2, 2, 3]]);
    await expectClose(ops.permute(first, [0, 2, 1]), last);
    await expectClose(probsOf(smoothLabels({ kind: 'soft', probs: ops.oneHot(target.labels, 3) }, { classAxis: -1 })), last);
  });

  test('commutes with mixup', async () => {
    const x = tensor([[1], [2], [3]]);
    const draw = { lambda: 0.3, permutation: [2, 0, 1] };
    for (const of of [[0, 1, 2], [0, -100, 2]]) {
      const [a, b] = [smoothLabels(applyMixup(x, labels(of), draw).target), applyMixup(x, smoothLabels(labels(of)), draw).target];
      const scores = tensor(sample(9, { seed: 4 }), [3, 3]);
      const [left, right] = [losses.crossEntropy()(scores, a), losses.crossEntropy()(scores, b)];
      await expectClose(left.sum, right.sum);
      await expectClose(left.denominator, right.denominator);
    }
  });
});

describe.each(techniqueBackends)('labelSmoothing in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  const ids = Array.from({ length: 24 }, (_, i) => (i % 5 === 4 ? -100 : i % 3));
  const data = () => arrayDataset({ inputs: Float32Array.from(sample(72, { seed: 2 })), shape: [3], labels: Int32Array.from(ids), numClasses: 3, ignoreIndex: -100 });
  async function fit(loss: ReturnType<typeof losses.crossEntropy>, plugins: AnyPlugin[], { accumulate = 1, epochs = 2 } = {}) {
    const trainer = new Trainer({ model: new nn.Sequential(new nn.Linear(3, 3)), loss, optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins, accumulate });
    const { history } = await trainer.fit({ train: data(), epochs, batchSize: 8 });
    const weights: number[][] = [];
    for (const x of Object.values(trainer.model.parameters())) weights.push(Array.from(await x.data()));
    return { weights: weights.flat(), loss: history.at(-1)?.values['loss'] ?? NaN };
  }
  const weight = [1, 0.25, 3];

  test.each([1, 4])('trains as the loss with that option, class weights and ignored labels included, with %d microbatches', async (accumulate) => {
    const [plugin, option] = [await fit(losses.crossEntropy({ weight }), [labelSmoothing({ epsilon: 0.2 })], { accumulate }), await fit(losses.crossEntropy({ weight, labelSmoothing: 0.2 }), [])];
    await expectClose(plugin.weights, option.weights);
    if (accumulate === 1) await expectClose(plugin.loss, option.loss);
  });

  test('takes the index that the loss ignores', async () => {
    const ignoring = { weight, ignoreIndex: 1 };
    const bare = () => arrayDataset({ inputs: Float32Array.from(sample(72, { seed: 2 })), shape: [3], labels: Int32Array.from(ids, (id) => Math.max(id, 0)), numClasses: 3 });
    const ends = await Promise.all([[losses.crossEntropy(ignoring), [labelSmoothing({ epsilon: 0.2 })]], [losses.crossEntropy({ ...ignoring, labelSmoothing: 0.2 }), []]].map(async ([loss, plugins]) => {
      const trainer = new Trainer({ model: new nn.Sequential(new nn.Linear(3, 3)), loss: loss as ReturnType<typeof losses.crossEntropy>, optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins: plugins as AnyPlugin[] });
      await trainer.fit({ train: bare(), epochs: 1, batchSize: 8 });
      return Array.from(await (trainer.model.parameters()['0.weight'] as Tensor).data());
    }));
    await expectClose(ends[0] as number[], ends[1] as number[]);
  });

  test('a schedule of the step', async () => {
    // 0.4 in the three steps of the first epoch, 0.1 in those of the second.
    const ends = async (epochs: number) => Promise.all([schedules.step({ value: 0.4, stepSize: 3, gamma: 0.25 }), 0.4].map(async (epsilon) =>
      (await fit(losses.crossEntropy(), [labelSmoothing({ epsilon })], { epochs })).weights));
    const [[first, same], [second, other]] = [await ends(1), await ends(2)];
    expect(first).toEqual(same);
    expect(second).not.toEqual(other);
  });

  test('beside mixup, in any order, to the bit', async () => {
    const both = () => [mixup({ alpha: 0.4 }), labelSmoothing()];
    expect((await fit(losses.crossEntropy(), both())).weights).toEqual((await fit(losses.crossEntropy(), both().reverse())).weights);
  });
});

test('gradient check', async () => {
  await useReference();
  await gradientCheck((x, y) => {
    const { sum, denominator } = losses.crossEntropy()(x, smoothLabels({ kind: 'soft', probs: y }, { epsilon: 0.3 }));
    return ops.div(sum, denominator);
  }, [tensor(sample(6, { seed: 1 }), [2, 3]), tensor(sample(6, { seed: 2, low: 0.1, high: 1 }), [2, 3])], { order: 2 });
});

test('errors', async () => {
  await useReference();
  expect(() => labelSmoothing({ epsilon: -0.1 })).toThrow('labelSmoothing: `epsilon` must be in [0, 1], received -0.1.');
  expect(() => labelSmoothing({ smoothing: 0.1 } as never)).toThrow('labelSmoothing: unknown option `smoothing`.');
  expect(() => labelSmoothing({ classAxis: 0.5 })).toThrow('labelSmoothing: `classAxis` must be a whole number, received 0.5.');
  expect(() => smoothLabels(labels([3]))).toThrow('smoothLabels: label out of range: labels must be in [0, 3) or -100, which is ignored.');
  expect(() => smoothLabels(labels([1]), { classAxis: 2 })).toThrow('smoothLabels: `classAxis` must be an axis of outputs with 2 axes, received 2.');
  expect(() => smoothLabels({ kind: 'value', values: tensor([1]) })).toThrow("received kind 'value'. Leave label smoothing out for a regression; for several yes-or-no labels use `smoothBinaryTargets`.");
  const trainer = new Trainer({ model: new nn.Linear(3, 3), loss: losses.crossEntropy({ labelSmoothing: 0.1 }), optimizer: optim.sgd({ lr: 0.1 }), seed: 1, plugins: [labelSmoothing()] });
  expect(trainer.findings).toMatchObject([{ severity: 'warning', code: 'smoothed-twice' }]);
  expect(trainer.explain()).toContain('The loss `crossEntropy` smooths the targets already (labelSmoothing: 0.1), in evaluation too.');
});
