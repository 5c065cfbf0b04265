/** A few training images as the plugins of a run change them: a few steps of a fit of its own, on the same network and plugins. */
import { type AnyPlugin, type Batch, type Dataset, definePlugin, subset } from '@parsimony/core';
import type { Splits } from '@parsimony/datasets';
import type { RunName, TrainConfig } from '../train/config';
import { type ModelChoice, modelName } from '../train/models';
import { makeTrainer } from '../train/recipes';
import { picturesOf } from './image';

export interface AugmentedSamples {
  readonly model: string;
  readonly run: RunName;
  /** Plugins that change batches. */
  readonly by: readonly string[];
  /** Of each image, what it became at each step. */
  readonly images: readonly { readonly before: string; readonly after: readonly string[] }[];
}

const samples = 10;
/** A draw each: of mixup some are nearly the image itself. */
const steps = 3;

/** Undefined where no plugin changes a batch, or the inputs are no images. */
export async function augmentedSamples(config: TrainConfig, model: ModelChoice, run: RunName, data: Splits, classes: number): Promise<AugmentedSamples | undefined> {
  let before: readonly (string | null)[] = [];
  const after: (readonly (string | null)[])[] = [];
  const settings = { model, run, seed: config.seed, classes };
  const by = (await makeTrainer(config, settings)).plan.order.transformBatch;
  if (by.length === 0) return undefined;
  const trainer = await makeTrainer(config, {
    ...settings,
    watchers: [
      watcher('report-before', 'pre', by, async (batch) => { before = await picturesOf(batch.inputs); }),
      watcher('report-after', 'post', by, async (batch) => { after.push(await picturesOf(batch.inputs)); }),
    ],
  });
  const few: Dataset = subset(data.train, Int32Array.from({ length: Math.min(samples, data.train.size) }, (_, i) => i));
  try {
    await trainer.fit({ train: few, validation: few, epochs: steps, batchSize: samples, shuffle: false });
  } finally {
    trainer.dispose();
  }
  const images = before.flatMap((b, i) => (b === null ? [] : [{ before: b, after: after.flatMap((step) => step[i] ?? []) }]));
  return images.length === 0 ? undefined : { model: modelName(model), run, by, images };
}

/** Looks at batches in front of the plugins `others`, or behind them. */
const watcher = (name: string, order: 'pre' | 'post', others: readonly string[], look: (batch: Batch) => Promise<void>): AnyPlugin => definePlugin({
  name, version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['batch.inputs'] }, batchSemantics: 'per-sample',
  hooks: {
    transformBatch: {
      order, ...(order === 'pre' ? { before: others } : { after: others }),
      handler: (batch: Batch) => look(batch).then(() => undefined),
    },
  },
});
