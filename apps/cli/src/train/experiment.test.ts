/** The runs of the command on a small part of the real data. */
import { losses, memory, optim, Trainer, useBackend } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkConfig, type RunName, runNames } from './config';
import { loadData, type Outcome, trainOnce } from './experiment';
import { buildModel, type ModelName } from './models';
import { pluginsOf } from './recipes';
import { comparisons, resultsTable } from './results';

beforeAll(() => useBackend('wasm', { threads: 1 }));

const config = checkConfig('test', { trainSize: 512, validationSize: 128, epochs: 4, batchSize: 64 });
const silent = { update: () => {}, finish: () => {} };

describe.each(['mlp', 'cnn'] as const)('%s', (model: ModelName) => {
  test.each(runNames)('%s: learns, and the same seed gives the same outcome', async (run: RunName) => {
    const data = await loadData(config, model);
    const once = async (seed: number): Promise<Outcome> => ({ ...(await trainOnce(config, model, run, seed, data, silent)).outcome, seconds: 0 });
    const first = await once(1);
    // Chance is 10 %.
    expect(first.test).toBeGreaterThan(0.4);
    expect(await once(1)).toEqual(first);
    expect(await once(2)).not.toEqual(first);
  }, 120_000);
});

test('live tensors and bytes are the same after step 10 and step 1,000, with every plugin on', async () => {
  const plugins = await pluginsOf('mlp', 'regularized', { ...config, patience: 1000 }, 10);
  const { train, validation } = await loadData({ ...config, trainSize: 320 }, 'mlp');
  const trainer = new Trainer({ model: buildModel('mlp', true, 10), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-4 }), seed: 1, plugins });
  const seen = new Map<number, ReturnType<typeof memory>>();
  // Ten steps an epoch, so both are the last step of theirs, and evaluations with the average lie between.
  await trainer.fit({
    train, validation, epochs: 100, batchSize: 32,
    onProgress: (event) => { if (event.kind === 'step' && (event.step === 10 || event.step === 1000)) seen.set(event.step, memory()); },
  });
  expect(seen.get(1000)).toBeDefined();
  expect(seen.get(1000)).toEqual(seen.get(10));
}, 180_000);

test('the table and the comparison', () => {
  const outcome = (run: RunName, accuracy: number): Outcome => ({ model: 'mlp', run, seed: 0, train: 1, validation: 0.9, test: accuracy, epochs: 3, seconds: 1.5, reason: 'completed' });
  const outcomes = [outcome('plain', 0.9), outcome('regularized', 0.95)];
  expect(resultsTable(outcomes)).toContain('mlp    regularized   100.00         90.00   95.00   5.00       3      1.5');
  const [only] = comparisons(outcomes);
  expect(only?.reduction).toBeCloseTo(0.5, 12);
  expect(comparisons(outcomes.slice(0, 1))).toEqual([]);
});
