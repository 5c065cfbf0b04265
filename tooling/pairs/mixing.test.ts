/** Mixers beside what else touches targets, losses and passes: each against what the composition is to be. */
import { type AnyPlugin, arrayDataset, type Batch, definePlugin, detach, type Inputs, keep, losses, type LossFunction, nn, noGrad, ops, optim, random, type Target, type Tensor, Trainer } from '@parsimony/core';
import { cutmix, fmix, manifoldMixup, mixup, mixupOrCutmix, mosaic, ricap } from '@parsimony/augment';
import { distillation } from '@parsimony/distillation';
import { Dropout, rDrop } from '@parsimony/dropout';
import { sam } from '@parsimony/gradients';
import { labelSmoothing } from '@parsimony/label-smoothing';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';

beforeAll(useReference);

const size = 12;
const shape = [4, 4] as const;
const classes = 3;
const data = arrayDataset({
  inputs: Float32Array.from(sample(size * 16, { seed: 2 })), shape: [16], labels: Int32Array.from({ length: size }, (_, i) => (i === 5 ? -100 : i % classes)), numClasses: classes, ignoreIndex: -100,
});
const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(16, 8), new nn.Tanh(), new Dropout({ p: 0.3 }), new nn.Linear(8, classes));
const mixers: [string, () => AnyPlugin][] = [
  ['mixup', () => mixup({ alpha: 1 })], ['cutmix', () => cutmix({ shape, mode: 'element' })], ['mixupOrCutmix', () => mixupOrCutmix({ shape, mode: 'pair' })], ['fmix', () => fmix({ shape })],
  ['mosaic', () => mosaic({ shape })], ['ricap', () => ricap({ shape, beta: 1 })],
];

interface Step { readonly inputs: Tensor; readonly batchTarget: Target; readonly target: Target; readonly outputs: readonly Tensor[]; readonly loss: number }
/** Outlives the step. */
const copy = (x: Tensor): Tensor => keep(noGrad(() => ops.add(detach(x), 0)));
const copyTarget = (target: Target): Target => (target.kind !== 'soft' ? target : {
  kind: 'soft', probs: copy(target.probs), ...(target.weights && { weights: copy(target.weights) }), ...(target.labels && { labels: copy(target.labels) }),
});

/** The first step: what was mixed, what became of the targets, the scores of each pass, and the loss. */
async function step(plugins: readonly AnyPlugin[], lossOf: LossFunction): Promise<Step> {
  const kept: { inputs?: Tensor; before?: Target; after?: Target } = {};
  const outputs: Tensor[] = [];
  const spy = definePlugin({
    name: 'spy', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['activations'] }, batchSemantics: 'per-sample',
    hooks: {
      transformBatch: { order: 'post', handler: (batch: Batch) => { kept.inputs ??= copy(batch.inputs as Tensor); kept.before ??= copyTarget(batch.target); return undefined; } },
      transformActivation: { match: '3', handler: (y) => { outputs.push(copy(y)); return undefined; } },
      collectLossTerms: ({ target }) => { kept.after ??= copyTarget(target); return []; },
    },
  });
  let loss = Number.NaN;
  await new Trainer({ model: buildModel(), loss: lossOf, optimizer: optim.sgd({ lr: 0 }), seed: 4, plugins: [...plugins, spy] })
    .fit({ train: data, epochs: 1, batchSize: size, onProgress: (event) => { if (event.kind === 'step') ({ loss } = event); } });
  return { inputs: kept.inputs as Tensor, batchTarget: kept.before as Target, target: kept.after as Target, outputs, loss };
}
const mean = async (lossOf: LossFunction, scores: Tensor, target: Target): Promise<number> => { const { sum, denominator } = lossOf(scores, target); return ops.div(sum, denominator).item(); };
const probsOf = (target: Target): Tensor => (target.kind === 'soft' ? target.probs : expect.unreachable());

const weighted = losses.crossEntropy({ weight: [1, 2, 0.5] });

describe.each(mixers)('%s', (_, make) => {
  test('with label smoothing and class weights: the loss that smooths, on the targets as mixed', async () => {
    const { batchTarget, target, outputs: [scores], loss } = await step([labelSmoothing({ epsilon: 0.2 }), make()], weighted);
    const mixed = await probsOf(batchTarget).array() as number[][];
    await expectClose(probsOf(target), mixed.map((row) => row.map((p) => 0.8 * p + 0.2 / classes)), { rtol: 1e-7 });
    expect(loss).toBeCloseTo(await mean(losses.crossEntropy({ weight: [1, 2, 0.5], labelSmoothing: 0.2 }), scores as Tensor, batchTarget), 8);
  });

  test('with distillation: the teacher scores the batch as mixed', async () => {
    const teacher = buildModel().init(random.key(8));
    const seen: Tensor[] = [];
    const watched = (inputs: Inputs): Tensor => { seen.push(copy(inputs as Tensor)); return teacher.forward(inputs as Tensor); };
    const { inputs, batchTarget, outputs: [scores], loss } = await step([distillation({ teacher: watched, alpha: 0.4, temperature: 3 }), make()], weighted);
    await expectClose(seen[0] as Tensor, await inputs.array(), { rtol: 0, atol: 0 });
    const divergence = await losses.functional.klDiv(ops.logSoftmax(ops.div(scores as Tensor, 3), 1), ops.softmax(ops.div(teacher.forward(inputs), 3), 1), { reduction: 'batchmean' }).item();
    expect(loss).toBeCloseTo(0.4 * await mean(weighted, scores as Tensor, batchTarget) + 0.6 * 9 * divergence, 7);
  });

  test('with R-Drop and SAM: further passes are of the batch as mixed', async () => {
    const { batchTarget, target, outputs, loss } = await step([rDrop({ alpha: 0.5 }), make()], weighted);
    expect(outputs).toHaveLength(2);
    await expectClose(probsOf(target), await probsOf(batchTarget).array(), { rtol: 0, atol: 0 });
    const each = await Promise.all(outputs.map((scores) => mean(weighted, scores, batchTarget)));
    expect(loss).toBeGreaterThan((each[0] as number + (each[1] as number)) / 2 - 1e-9);
    const batches: Tensor[] = [];
    const spy = definePlugin({
      name: 'batches', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: { collectLossTerms: ({ batch }) => { batches.push(copy(batch.inputs as Tensor)); return []; } },
    });
    await step([sam({ rho: 0.05 }), make(), spy], weighted);
    const [first, second, ...rest] = batches;
    expect(rest).toEqual([]);
    await expectClose(second as Tensor, await (first as Tensor).array(), { rtol: 0, atol: 0 });
  });
});

test('manifold mixup with label smoothing, class weights and R-Drop', async () => {
  const { target, outputs, loss } = await step([labelSmoothing({ epsilon: 0.2 }), manifoldMixup({ alpha: 1, layers: '1', mixInputs: false })], weighted);
  for (const row of await probsOf(target).array() as number[][]) if (row.some((p) => p > 0.2)) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  expect(loss).toBeCloseTo(await mean(weighted, outputs[0] as Tensor, target), 8);
  const twice = await step([rDrop({ alpha: 0.5 }), manifoldMixup({ alpha: 1 })], weighted);
  expect(twice.outputs).toHaveLength(2);
  expect(twice.target.kind).toBe('soft');
});
