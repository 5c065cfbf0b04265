import { useBackend } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkConfig } from './config';
import { loadData, trainOnce } from './experiment';
import { parseConfig } from './load-config';
import { checkOptimizer, makeOptimizer, type OptimizerConfig } from './optimizer';
import { pluginNames } from './plugin-table';
import { makePlugins, type PluginConfig } from './plugins';
import { makeTrainer } from './recipes';

beforeAll(() => useBackend('wasm', { threads: 1 }));

const context = { layout: 'image', patience: 7, classes: 10, models: [] } as const;
const only = async (config: object): Promise<{ readonly name: string; readonly options: unknown }> => {
  const [plugin] = await makePlugins(checkConfig('train', { plugins: [config] }).plugins, context);
  if (plugin === undefined) throw new Error('no plugin');
  return plugin;
};

/** What the plugins need that have no default for it. */
const needed: Readonly<Record<string, object>> = {
  clipByValue: { clipValue: 1 }, tabularMixup: { columns: 784 }, augment: { transform: { name: 'RandomCrop' } }, activityRegularization: { match: '1', l1: 1e-3 }, distillation: { teacher: (x: unknown) => x },
};

describe('a plugin by name', () => {
  test.each(pluginNames)('%s is made from its name, and an unknown option of it is refused', async (name) => {
    const given = { name, ...needed[name] };
    expect((await only(given)).name).toMatch(/^@parsimony\//);
    expect(() => checkConfig('train', { plugins: [{ ...given, nothing: 1 }] })).toThrow(`train: \`plugins[0]\`: ${name}: unknown option \`nothing\`.`);
  });

  test.each(Object.keys(needed))('%s says what it needs', (name) => {
    expect(() => checkConfig('train', { plugins: [{ name }] })).toThrow(/^train: `plugins\[0\](\.teacher)?`.* (must be|is required)/);
  });

  test('has the types of its options', () => {
    const right = { name: 'lookahead', k: 3, alpha: 0.5 } as const satisfies PluginConfig;
    // @ts-expect-error - a number or a schedule.
    const wrongType: PluginConfig = { name: 'sam', rho: 'far' };
    // @ts-expect-error - no such option.
    const wrongKey: PluginConfig = { name: 'sam', rhoo: 0.1 };
    // @ts-expect-error - no such plugin.
    const wrongName: PluginConfig = { name: 'sams', rho: 0.1 };
    expect(() => checkConfig('train', { plugins: [right] })).not.toThrow();
    for (const wrong of [wrongType, wrongKey, wrongName]) expect(() => checkConfig('train', { plugins: [wrong] })).toThrow('train: `plugins[0]');
  });

  test('takes what it does not say from the configuration', async () => {
    expect((await only({ name: 'earlyStopping' })).options).toMatchObject({ patience: 7 });
    expect((await only({ name: 'earlyStopping', patience: 3 })).options).toMatchObject({ patience: 3 });
    const [crop] = await makePlugins([{ name: 'augment', transform: { name: 'RandomCrop' } }], { ...context, layout: 'flat' });
    expect(crop?.options).toMatchObject({ shape: [28, 28] });
  });

  test('takes schedules as JSON says them, with their defaults', async () => {
    const rho = { schedule: 'warmup', steps: 10, value: { schedule: 'curriculum', end: 0.1 } };
    expect((await only({ name: 'sam', rho })).options).toMatchObject({ rho: { ...rho, value: { start: 0, end: 0.1 } } });
    expect((await only({ name: 'gradientNoise', eta: { schedule: 'early', value: 1, steps: 5 } })).options).toMatchObject({ eta: { mode: 'constant' } });
  });

  test('stands in the plan with its defaults', async () => {
    const plugins: readonly PluginConfig[] = [{ name: 'sam' }, { name: 'lookahead', k: 3 }, { name: 'skipNonFinite' }, { name: 'rDrop' }, { name: 'swa' }, { name: 'reduceOnPlateau' }];
    const trainer = await makeTrainer(checkConfig('train', { plugins }), { model: 'mlp', run: 'regularized', seed: 0, classes: 10 });
    const said = trainer.explain();
    for (const line of ['{"rho":0.05}', '{"k":3,"alpha":0.5}', '{"maxConsecutive":10}', '{"alpha":1}', '"updateBatchNorm":true', '"factor":0.1,"patience":10']) expect(said).toContain(line);
  });

  test('several averages go by instance', async () => {
    const plugins = [{ name: 'ema', decay: 0.99 }, { name: 'ema', decay: 0.9, instance: 'fast', evaluate: 'log' }];
    const trainer = await makeTrainer(checkConfig('train', { plugins }), { model: 'mlp', run: 'regularized', seed: 0, classes: 10 });
    expect(trainer.explain()).toContain('@parsimony/ema#fast');
  });
});

test.each(['adam', 'adamw', 'sgd', 'rmsprop', 'adagrad', 'lion', 'muon'] as const)('the optimizer %s by name, with a schedule of its decay', (name) => {
  const config = checkOptimizer('train', { name, weightDecay: { schedule: 'curriculum', end: 0.1 } });
  expect(makeOptimizer(config, 0.1).options).toMatchObject({ lr: 0.1, weightDecay: { schedule: 'curriculum', start: 0, end: 0.1 } });
});

test('muon takes schedules within the options of its AdamW', () => {
  const config: OptimizerConfig = { name: 'muon', adamw: { lrScale: { schedule: 'curriculum', end: 0.5 } } };
  expect(makeOptimizer(config, 0.1).options).toMatchObject({ adamw: { lrScale: { schedule: 'curriculum', start: 0, end: 0.5 } } });
});

test('a configuration in JSON trains with many of them, in microbatches', async () => {
  const config = checkConfig('train', parseConfig('a.json', `{
    "models": ["mlp"], "trainSize": 128, "validationSize": 32, "epochs": 8, "batchSize": 32, "accumulate": 2, "batchStatistics": "unsplit",
    "optimizer": { "name": "lion", "betas": [0.9, 0.98] }, "lr": 3e-4,
    "schedule": { "schedule": "swa", "value": { "schedule": "cosine", "value": 1 }, "swaLr": 0.5 },
    "plugins": [
      { "name": "weightDecay" }, { "name": "sam", "rho": { "schedule": "late", "value": 0.05, "steps": 2 } }, { "name": "adaptiveClip" },
      { "name": "centralization" }, { "name": "gradientNoise", "eta": 1e-5 }, { "name": "skipNonFinite" }, { "name": "lookahead", "k": 2 },
      { "name": "rDrop", "alpha": { "schedule": "early", "value": 1, "steps": 3 } }, { "name": "orthogonalRegularization", "lambda": 1e-4 },
      { "name": "swa", "startStep": 16, "everySteps": 4 }, { "name": "ema", "decay": 0.9, "evaluate": "log" }
    ] }`));
  const { outcome, explained } = await trainOnce(config, 'mlp', 'regularized', 0, await loadData(config, 'mlp'), { update: () => {}, finish: () => {} });
  expect(outcome).toMatchObject({ epochs: 8, reason: 'completed' });
  // Chance is 10 %.
  expect(outcome.train).toBeGreaterThan(0.5);
  expect(explained).toContain('not split into 2');
});
