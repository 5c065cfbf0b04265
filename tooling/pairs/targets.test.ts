/** One representation of targets through everything that touches them; metrics see the labels as they came from the data. */
import { type AnyPlugin, arrayDataset, losses, metrics, nn, optim, random, type Target, Trainer } from '@parsimony/core';
import { mixup } from '@parsimony/augment';
import { distillation } from '@parsimony/distillation';
import { labelSmoothing } from '@parsimony/label-smoothing';
import { sample, useReference } from '@parsimony/testkit';
import { beforeAll, expect, test } from 'vitest';

beforeAll(useReference);

const size = 24;
const [classes, width] = [3, 4];
const inputs = Float32Array.from(sample(size * width, { seed: 2 }));
const ids = Int32Array.from({ length: size }, (_, i) => (i % 7 === 5 ? -100 : i % classes));
const shared = { inputs, shape: [width] };

/** Every kind of target, with a loss of it and what the data gave. */
const kinds: [string, () => { readonly data: ReturnType<typeof arrayDataset>; readonly loss: ReturnType<typeof losses.crossEntropy>; readonly same: (original: Target) => Promise<boolean> }][] = [
  ['index', () => ({
    data: arrayDataset({ ...shared, labels: ids, numClasses: classes, ignoreIndex: -100 }), loss: losses.crossEntropy({ weight: [1, 2, 0.5] }),
    same: async (original) => original.kind === 'index' && original.labels.dtype === 'int32' && [...await original.labels.data()].every((id) => id === -100 || (id >= 0 && id < classes)),
  })],
  ['soft', () => ({
    data: arrayDataset({ ...shared, targets: Float32Array.from({ length: size * classes }, (_, i) => (i % 3 === (i / 3 | 0) % 3 ? 0.5 : 0.25)), targetShape: [classes] }), loss: losses.crossEntropy({ weight: [1, 2, 0.5] }),
    same: async (original) => original.kind === 'soft' && [...await original.probs.data()].every((p) => p === 0.5 || p === 0.25),
  })],
  ['value', () => ({
    data: arrayDataset({ ...shared, values: Float32Array.from({ length: size * classes }, (_, i) => i % 2), targetShape: [classes] }), loss: losses.bceWithLogits(),
    same: async (original) => original.kind === 'value' && [...await original.values.data()].every((y) => y === 0 || y === 1),
  })],
];

const teacher = (): nn.Module => new nn.Sequential(new nn.Linear(width, classes)).init(random.key(3));
const through: [string, () => AnyPlugin[]][] = [
  ['nothing', () => []], ['mixing', () => [mixup({ alpha: 1 })]], ['smoothing', () => [labelSmoothing({ epsilon: 0.2 })]], ['distillation', () => [distillation({ teacher: teacher(), alpha: 0.5, temperature: 2 })]],
  ['all three', () => [mixup({ alpha: 1 }), labelSmoothing({ epsilon: 0.2 }), distillation({ teacher: teacher(), alpha: 0.5, temperature: 2 })]],
  ['all three, turned about', () => [distillation({ teacher: teacher(), alpha: 0.5, temperature: 2 }), labelSmoothing({ epsilon: 0.2 }), mixup({ alpha: 1 })]],
];

test.each(kinds.flatMap(([kind, make]) => through.flatMap(([what, plugins]) => [1, 4].map((accumulate) => [kind, what, accumulate, make, plugins] as const))))(
  'targets of kind %s through %s, %d microbatches: trained, and measured on the original labels', async (_kind, _what, accumulate, make, plugins) => {
    const { data, loss, same } = make();
    const seen: Promise<boolean>[] = [];
    const spy: metrics.Metric = { name: 'spy', compute: (_, target) => { seen.push(same(target)); return undefined; } };
    const trainer = new Trainer({ model: new nn.Sequential(new nn.Linear(width, classes)), loss, optimizer: optim.sgd({ lr: 0.1 }), seed: 4, accumulate, plugins: plugins(), metrics: [metrics.accuracy(), spy] });
    const { history, steps } = await trainer.fit({ train: data, validation: data, epochs: 2, batchSize: 8 });
    expect(steps).toBe(6);
    expect(Number.isFinite(history.at(-1)?.values['loss'])).toBe(true);
    // Of 3 batches, microbatch by microbatch, and one evaluation, in 2 epochs.
    expect(seen).toHaveLength(2 * (3 * accumulate + 1));
    expect(await Promise.all(seen)).not.toContain(false);
  });

test('training accuracy under smoothing and distillation is that of the plain labels', async () => {
  const [, make] = kinds[0] as (typeof kinds)[number];
  const fit = async (plugins: AnyPlugin[]): Promise<number | undefined> => {
    const { data, loss } = make();
    const trainer = new Trainer({ model: new nn.Sequential(new nn.Linear(width, classes)), loss, optimizer: optim.sgd({ lr: 0 }), seed: 4, plugins });
    return (await trainer.fit({ train: data, epochs: 1, batchSize: 8 })).history[0]?.values['accuracy'];
  };
  expect(await fit([labelSmoothing({ epsilon: 0.9 }), distillation({ teacher: teacher() })])).toBe(await fit([]));
});
