/** In fits, against PyTorch's `ReduceLROnPlateau`; the cases are made by tooling/reference. */
import { type AnyPlugin, arrayDataset, definePlugin, type FitSnapshot, losses, nn, optim, schedules, Trainer, useBackend } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { earlyStopping, reduceOnPlateau, type ReduceOnPlateauOptions } from './index';

interface Case {
  readonly name: string;
  readonly options: Omit<ReduceOnPlateauOptions, 'minScale'> & { readonly minLr?: number };
  readonly lr: number;
  /** What is watched, and the rate after each was seen. */
  readonly metrics?: FixtureArray;
  readonly lrs: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../../core/fixtures/schedules.json', import.meta.url));

const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const make = (plugins: AnyPlugin[], optimizer = optim.sgd({ lr: 0.1 })) => new Trainer({ model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer, seed: 3, plugins });
/** Gives each epoch's evaluation the loss of a curve. */
const script = (curve: readonly number[]) => definePlugin({
  name: 'script', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
  hooks: { aroundEval: async (ctx, next) => ({ ...await next(), loss: curve[ctx.epoch] ?? Number.NaN }) },
});
const fitOf = (curve: readonly number[]) => ({ train: data(), validation: data(), epochs: curve.length, batchSize: 16 });

/** The learning rate of every epoch. */
async function ratesOf(curve: readonly number[], options: ReduceOnPlateauOptions, more: AnyPlugin[] = [], optimizer?: optim.Optimizer): Promise<number[]> {
  const { history } = await make([reduceOnPlateau(options), script(curve), ...more], optimizer).fit(fitOf(curve));
  return history.map(({ values }) => values['learningRate'] ?? Number.NaN);
}

describe.each(techniqueBackends)('reduceOnPlateau on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each(cases.filter(({ metrics }) => metrics).map((c) => [c.name, c] as const))('%s', async (_, { options: { minLr = 0, ...options }, lr, metrics, lrs }) => {
    const rates = await ratesOf(Array.from(metrics?.data ?? []), { ...options, minScale: minLr / lr });
    // What a check changes holds from the next epoch on.
    await expectClose(rates, [lr, ...lrs.data.slice(0, -1)], { rtol: 1e-12 });
    expect(new Set(rates).size).toBeGreaterThan(2);
  });

  test('values that are not finite are no improvement', async () => {
    expect(await ratesOf([NaN, Infinity, 1, 1, 1], { patience: 1, factor: 0.5 })).toEqual([0.1, 0.1, 0.05, 0.05, 0.05]);
  });

  test('on top of a schedule, and of another of its kind', async () => {
    const lr = schedules.step({ value: 0.4, stepSize: 2, gamma: 0.5 });
    const rates = await ratesOf([1, 1, 1, 1], { patience: 0, factor: 0.5 }, [reduceOnPlateau({ patience: 1, factor: 0.1, instance: 'second' })], optim.sgd({ lr }));
    await expectClose(rates, [0.4, 0.4, 0.2 * 0.5, 0.2 * 0.25 * 0.1], { rtol: 1e-12 });
  });

  test('a resumed fit has the reduced rate and the count', async () => {
    const curve = [1, 1, 1, 1, 1, 1];
    const plugins = () => [reduceOnPlateau({ patience: 1, factor: 0.5 }), script(curve)];
    const whole = await make(plugins()).fit(fitOf(curve));
    const trainer = make(plugins());
    const taken: FitSnapshot[] = [];
    await trainer.fit({ ...fitOf(curve), onProgress: async (event) => { if (event.kind === 'epoch' && event.epoch === 3) taken.push(await trainer.snapshot()); } });
    const { history } = await make(plugins()).fit({ ...fitOf(curve), resume: taken[0] as FitSnapshot });
    const rates = (rows: typeof history): unknown[] => rows.map(({ values }) => values['learningRate']);
    expect(rates(history)).toEqual(rates(whole.history));
    expect(rates(history)).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.025]);
  });

  test('beside early stopping, each with a count of its own', async () => {
    const { history, reason } = await make([reduceOnPlateau({ patience: 1, factor: 0.5 }), earlyStopping({ patience: 4 }), script([3, 3, 3, 3, 3, 3, 3])]).fit(fitOf([3, 3, 3, 3, 3, 3, 3]));
    expect(history.map(({ values }) => values['learningRate'])).toEqual([0.1, 0.1, 0.1, 0.05, 0.05]);
    expect(reason).toContain('early stopping: no improvement in 4 checks');
  });
});

test('errors', async () => {
  await useReference();
  expect(() => reduceOnPlateau({ factor: 1 })).toThrow('reduceOnPlateau: `factor` must be in (0, 1), received 1.');
  expect(() => reduceOnPlateau({ patience: -1 })).toThrow('reduceOnPlateau: `patience` must be a whole number in [0, inf), received -1.');
  expect(() => reduceOnPlateau({ minScale: 2 })).toThrow('reduceOnPlateau: `minScale` must be in [0, 1], received 2.');
  expect(() => reduceOnPlateau({ monitor: 'f1' })).toThrow("reduceOnPlateau: `mode` must be 'min' or 'max' for the metric 'f1', which may be better either way.");
  expect(() => reduceOnPlateau({ mode: 'auto' as never })).toThrow("reduceOnPlateau: `mode` must be one of 'min', 'max', received \"auto\".");
  expect(() => reduceOnPlateau({ minLr: 1e-5 } as never)).toThrow('reduceOnPlateau: unknown option `minLr`.');
  await expect(make([reduceOnPlateau()]).fit({ train: data(), epochs: 1, batchSize: 4 })).rejects.toThrow('reduceOnPlateau: it watches the validation loss, and the fit has no validation data.');
  expect(() => make([reduceOnPlateau(), reduceOnPlateau()])).toThrow('is listed twice');
});
