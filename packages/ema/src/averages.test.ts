/** Several averages at once; and that none is lost, nor the weights that are trained, whatever fails in between. */
import {
  type AnyPlugin, arrayDataset, type CheckpointStore, definePlugin, loadCheckpoint, losses, memoryStore, metrics, nn, optim, type Params, readSafetensors, Trainer, useBackend, writeSafetensors,
} from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { averagedStateDict } from './averaged-state-dict';
import { ema } from './ema';
import { swa } from './swa';

type Values = Record<string, number[]>;
const valuesOf = async (params: Params): Promise<Values> => Object.fromEntries(await Promise.all(Object.entries(params).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));
const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const build = () => new nn.Sequential(new nn.Linear(3, 2));
const make = (plugins: AnyPlugin[], more: { metrics?: ReturnType<typeof metrics.accuracy>[] } = {}) => new Trainer({
  model: build(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5, momentum: 0.9 }), seed: 3, plugins, ...more,
});
const fit = () => ({ train: data(), validation: data(), epochs: 4, batchSize: 4 });
const probe = (steps: Values[]) => definePlugin({
  name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', requiredOnLoad: false,
  hooks: { stepEnd: async (ctx) => { steps.push(await valuesOf(ctx.weights.params)); } },
});
/** By definition, without warm-up. */
const averageOf = (steps: readonly Values[], decay: number): Values => steps.slice(1).reduce((average, weights) =>
  Object.fromEntries(Object.entries(weights).map(([path, values]) => [path, values.map((v, i) => decay * (average[path]?.[i] ?? NaN) + (1 - decay) * v)])), steps[0] as Values);
const expectValues = async (actual: Values, expected: Values): Promise<void> => {
  for (const [path, values] of Object.entries(expected)) await expectClose(actual[path] ?? [], values, { name: path });
};
const three = () => [
  ema({ decay: 0.9, warmup: false }), ema({ decay: 0.5, warmup: false, instance: 'fast', evaluate: 'log' }), ema({ halfLifeSteps: 6, warmup: false, everySteps: 3, instance: 'slow', evaluate: 'none' }),
  swa({ startStep: 8, evaluate: 'log' }),
];

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('several averages: one is used, others logged or kept, each by its definition', async () => {
    const steps: Values[] = [];
    const trainer = make([...three(), probe(steps)]);
    const { history, kept } = await trainer.fit(fit());
    const snapshot = await trainer.snapshot();
    await expectValues(await valuesOf(trainer.model.parameters()), averageOf(steps, 0.9));
    expect(kept?.why).toBe('exponential moving average of the weights');
    const of = async (plugin: string): Promise<Values> => valuesOf(averagedStateDict(snapshot, { plugin }));
    await expectValues(await of('@parsimony/ema'), averageOf(steps, 0.9));
    await expectValues(await of('@parsimony/ema#fast'), averageOf(steps, 0.5));
    // Half of it after 6 steps is half of it after two updates.
    await expectValues(await of('@parsimony/ema#slow'), averageOf(steps.filter((_, i) => i % 3 === 0), Math.SQRT1_2));
    const row = history.at(-1)?.values ?? {};
    for (const key of ['@parsimony/ema#fast', '@parsimony/ema/swa']) {
      const alone = new Trainer({ model: build().loadStateDict(averagedStateDict(snapshot, { plugin: key })), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 1 }), seed: 1 });
      expect(row[`${key}/validationLoss`]).toBe((await alone.evaluate(data())).loss);
      expect(row[`${key}/validationAccuracy`]).toBeGreaterThan(0);
    }
    const used = new Trainer({ model: build().loadStateDict(averagedStateDict(snapshot, { plugin: '@parsimony/ema' })), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 1 }), seed: 1 });
    expect(row['validationLoss']).toBe((await used.evaluate(data())).loss);
  });

  test('an average as a safetensors file', async () => {
    const trainer = make([ema({ decay: 0.9 })]);
    await trainer.fit(fit());
    const average = averagedStateDict(await trainer.snapshot());
    const { tensors } = readSafetensors(await writeSafetensors(average));
    const model = build().loadStateDict(tensors);
    expect(await valuesOf(model.stateDict())).toEqual(await valuesOf(trainer.model.stateDict()));
  });
});

/** Fails at the n-th call. */
function failing<A extends unknown[], R>(n: number, fn: (...args: A) => R): (...args: A) => R {
  let calls = 0;
  return (...args) => {
    if (++calls === n) throw new Error('out of order');
    return fn(...args);
  };
}

describe.each(['ema', 'swa'])('with %s, a failure', (name) => {
  const plugin = () => (name === 'ema' ? ema({ decay: 0.9 }) : swa({ startStep: 3, everySteps: 2 }));
  let whole: { weights: Values; steps: Values[] };
  beforeAll(async () => {
    await useBackend('wasm');
    const steps: Values[] = [];
    const trainer = make([plugin(), probe(steps)]);
    await trainer.fit(fit());
    whole = { weights: await valuesOf(trainer.model.stateDict()), steps };
  });

  /** The average at a step is that of a fit which ends there. */
  async function expectBoth(weights: Params, average: Params, step: number): Promise<void> {
    expect(await valuesOf(weights)).toEqual(whole.steps[step - 1]);
    const other = make([plugin()]);
    const taken: Params[] = [];
    await other.fit({ ...fit(), onProgress: async (event) => { if (event.kind === 'step' && event.step === step) taken.push(averagedStateDict(await other.snapshot())); } });
    expect(await valuesOf(average)).toEqual(await valuesOf(taken[0] as Params));
    expect(await valuesOf(average)).not.toEqual(await valuesOf(weights));
  }

  test('in an evaluation leaves the model the weights that are trained, and the average in snapshot and checkpoint; the fit goes on exactly', async () => {
    const store = memoryStore();
    const accuracy = metrics.accuracy();
    // Of each epoch 4 steps and one evaluation; the third evaluation fails.
    const trainer = make([plugin()], { metrics: [{ ...accuracy, compute: failing(15, (...args) => accuracy.compute(...args)) }] });
    await expect(trainer.fit({ ...fit(), checkpoint: { store, everySteps: 4 } })).rejects.toThrow('out of order');
    const snapshot = await trainer.snapshot();
    await expectBoth(trainer.model.parameters(), averagedStateDict(snapshot), 12);
    // Evaluating again is possible, with the average.
    expect((await trainer.evaluate(data())).loss).toBeGreaterThan(0);
    expect(await valuesOf(trainer.model.parameters())).toEqual(whole.steps[11]);
    const saved = await loadCheckpoint(store);
    await expectBoth(saved.weights.params, averagedStateDict(saved), saved.step);
    for (const resume of [snapshot, store]) {
      const rest = make([plugin()]);
      await rest.fit({ ...fit(), resume });
      expect(await valuesOf(rest.model.stateDict())).toEqual(whole.weights);
    }
  });

  test('in the write of a checkpoint leaves the one before whole, with weights and average', async () => {
    const inner = memoryStore();
    const store: CheckpointStore = {
      name: inner.name, read: (file) => inner.read(file), list: () => inner.list(), remove: (file) => inner.remove(file),
      write: failing(4, (file, chunks) => inner.write(file, chunks)),
    };
    const trainer = make([plugin()]);
    await expect(trainer.fit({ ...fit(), checkpoint: { store, everySteps: 3 } })).rejects.toThrow('out of order');
    await expectBoth(trainer.model.parameters(), averagedStateDict(await trainer.snapshot()), 9);
    const saved = await loadCheckpoint(inner);
    expect(saved.step).toBe(6);
    await expectBoth(saved.weights.params, averagedStateDict(saved), 6);
    const rest = make([plugin()]);
    await rest.fit({ ...fit(), resume: inner });
    expect(await valuesOf(rest.model.stateDict())).toEqual(whole.weights);
  });
});

test('errors', async () => {
  await useReference();
  const taken = async (plugins: AnyPlugin[]) => {
    const trainer = make(plugins);
    await trainer.fit({ ...fit(), epochs: 1 });
    return trainer.snapshot();
  };
  expect(() => ema({ instance: 'a b' })).toThrow("ema: `instance` must be a short name without spaces and '#', such as 'slow', received \"a b\".");
  expect(() => make([ema(), ema({ instance: 'slow' })])).toThrow("@parsimony/ema and @parsimony/ema#slow are both to be evaluated and kept, and an evaluation has one set of weights. Give all averages but one `evaluate: 'log'` or `'none'`.");
  expect(() => make([ema(), ema({ evaluate: 'none' })])).toThrow('@parsimony/ema is listed twice');
  const none = await taken([]);
  expect(() => averagedStateDict(none)).toThrow('averagedStateDict: there is no average. The fit has none: add `ema()` or `swa()` to the plugins of the Trainer.');
  const two = await taken([ema(), swa({ startStep: 50, evaluate: 'none' })]);
  expect(() => averagedStateDict(two)).toThrow('averagedStateDict: say which average by `plugin`. There are: @parsimony/ema, @parsimony/ema/swa.');
  expect(() => averagedStateDict(two, { plugin: '@parsimony/ema#slow' })).toThrow('there is no average of "@parsimony/ema#slow".');
  expect(() => averagedStateDict(two, { plugin: '@parsimony/ema/swa' })).toThrow('@parsimony/ema/swa has not begun to average at step 4.');
  expect(() => averagedStateDict(two, { key: 'x' } as never)).toThrow('averagedStateDict: unknown option `key`.');
});
