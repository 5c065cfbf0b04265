import { type AnyPlugin, arrayDataset, definePlugin, type FitSnapshot, losses, metrics, nn, optim, Trainer } from '@parsimony/core';
import { sample, useReference } from '@parsimony/testkit';
import { beforeAll, expect, test } from 'vitest';
import { advisor, type AdvisorOptions } from './advisor';

beforeAll(useReference);

const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const make = (plugins: AnyPlugin[]) => new Trainer({ model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, metrics: [metrics.accuracy()], plugins });

/** Gives each epoch's evaluation the loss and the accuracy of curves. */
const script = (loss: readonly number[], accuracy: readonly number[]) => definePlugin({
  name: 'script', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
  hooks: { aroundEval: async (ctx, next) => ({ ...await next(), loss: loss[ctx.epoch] ?? NaN, metrics: { accuracy: accuracy[ctx.epoch] ?? NaN } }) },
});

// The labels are drawn apart from the inputs, and validation is told to be far worse than the training.
const rising = [0.6, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7];
const fit = { train: data(), validation: data(), epochs: 8, batchSize: 4 };
const said = async (options: AdvisorOptions, plugins: AnyPlugin[] = []) => (await make([advisor(options), script(rising, rising.map(() => 0.1)), ...plugins]).fit(fit)).findings;

test('reports each verdict once, while it trains, with its figures, its source and its change', async () => {
  const findings = await said({});
  expect(findings.map(({ code }) => code).toSorted()).toEqual(['overfitting', 'rising-validation-loss']);
  const [over] = findings;
  expect(over).toMatchObject({ severity: 'warning', plugins: ['@parsimony/advisor'], hint: 'add `weightDecay` with decay 0.001.' });
  expect(over?.message).toMatch(/^severe overfitting at epoch 1: Training is [\d.]+ % right, validation 10 %.*\(Goodfellow/);
  expect(findings.find(({ code }) => code === 'rising-validation-loss')?.message).toContain('rising validation loss at epoch 5: The validation loss was least at epoch 2, 0.5, and is 1.1 at epoch 5');
});

test('reads every so many epochs, and at the end', async () => {
  expect((await said({ every: 4 })).map(({ message }) => /at epoch (\d)/.exec(message)?.[1])).toEqual(['4', '8']);
  expect((await said({ every: 100 })).map(({ message }) => /at epoch (\d)/.exec(message)?.[1])).toEqual(['8', '8']);
});

test('its changes are those of the configuration, its limits those of the thresholds', async () => {
  const configuration = { plugins: [{ name: 'weightDecay', decay: 1e-3 }, { name: 'earlyStopping' }] };
  expect((await said({ configuration, task: 'vision' })).map(({ hint }) => hint)).toEqual(['add `augment` with transform {"name":"RandomCrop","padding":2}.']);
  expect((await said({ configuration, thresholds: { mildGap: 0.9, severeGap: 0.95, poor: 0.05, veryPoor: 0.05 } }))).toEqual([]);
});

test('a fit has the same bits with it, and a resumed one repeats nothing', async () => {
  const run = async (plugins: AnyPlugin[], resume?: FitSnapshot) => {
    const trainer = make([...plugins, script(rising, rising.map(() => 0.1))]);
    const taken: FitSnapshot[] = [];
    const result = await trainer.fit({ ...fit, ...(resume ? { resume } : {}), onProgress: async (event) => { if (event.kind === 'epoch' && event.epoch === 2) taken.push(await trainer.snapshot()); } });
    const bits = await Promise.all(Object.entries(trainer.model.parameters()).map(async ([path, x]) => [path, Array.from(await x.data())]));
    return { bits, history: result.history.map(({ values: { seconds: _, ...values } }) => values), codes: result.findings.map(({ code }) => code), taken };
  };
  const [without, withIt] = [await run([]), await run([advisor()])];
  expect(withIt.bits).toEqual(without.bits);
  expect(withIt.history).toEqual(without.history);
  const resumed = await run([advisor()], withIt.taken[0]);
  expect(resumed.bits).toEqual(without.bits);
  expect(withIt.codes).toEqual(['overfitting', 'rising-validation-loss']);
  expect(resumed.codes).toEqual(['rising-validation-loss']);
});

test('errors', () => {
  expect(() => advisor({ every: 1.5 })).toThrow('advisor: `every` must be a whole number in [1, inf), received 1.5.');
  expect(() => advisor({ task: 'speech' as never })).toThrow("advisor: `task` must be one of 'general', 'vision', 'transformerPretraining', 'fineTuning', received \"speech\".");
  expect(() => advisor({ configuration: 3 as never })).toThrow('advisor: `configuration` must be a configuration, an object, received 3.');
  expect(() => advisor({ thresholds: { noise: 0 } })).toThrow('advisor: thresholds: `noise` must be in (0, inf), received 0.');
  expect(() => advisor({ evry: 2 } as never)).toThrow('advisor: unknown option `evry`. Did you mean `every`?');
});
