import { type AnyPlugin, arrayDataset, definePlugin, type FitSnapshot, type Inputs, losses, nn, optim, type Outputs, type Params, tensor, Trainer, useBackend } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { BatchNorm1d } from '../../norms/src/index';
import { ema } from './ema';
import { swa, type SwaOptions } from './swa';

type Values = Record<string, number[]>;
const valuesOf = async (params: Params): Promise<Values> => Object.fromEntries(await Promise.all(Object.entries(params).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));
const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });

/** Records the weights after each step, and those that each evaluation used. */
const probe = (steps: Values[], evals: Values[]) => definePlugin({
  name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
  hooks: {
    stepEnd: async (ctx) => { steps.push(await valuesOf(ctx.weights.params)); },
    evalEnd: async (ctx) => { evals.push(await valuesOf({ ...ctx.weights.params, ...ctx.weights.buffers })); },
  },
});
const mean = (of: readonly Values[]): Values => Object.fromEntries(Object.entries(of[0] as Values).map(([path, values]) => [path, values.map((_, i) => of.reduce((sum, one) => sum + (one[path]?.[i] ?? NaN), 0) / of.length)]));
const expectValues = async (actual: Values | undefined, expected: Values): Promise<void> => {
  for (const [path, values] of Object.entries(expected)) await expectClose(actual?.[path] ?? [], values, { name: path });
};
const plain = (): nn.Module<Inputs, Outputs> => new nn.Sequential(new nn.Linear(3, 2)) as unknown as nn.Module<Inputs, Outputs>;
const normed = (): nn.Module<Inputs, Outputs> => new nn.Sequential(new nn.Linear(3, 5), new BatchNorm1d(5), new nn.Linear(5, 2)) as unknown as nn.Module<Inputs, Outputs>;
const make = (plugins: AnyPlugin[], model: nn.Module<Inputs, Outputs>): Trainer => new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins });

describe.each(techniqueBackends)('swa in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  /** Four steps an epoch. */
  async function run(options: SwaOptions, { epochs = 4, model = plain() } = {}) {
    const [steps, evals]: [Values[], Values[]] = [[], []];
    const trainer = make([swa(options), probe(steps, evals)], model);
    const fit = { train: data(), validation: data(), epochs, batchSize: 4 };
    const result = await trainer.fit(fit);
    return { trainer, steps, evals, result, final: await valuesOf(trainer.model.stateDict()) };
  }

  test('the mean of the weights at the ends of the last quarter\'s epochs; before it, the model\'s own', async () => {
    const { steps, evals, final, result } = await run({}, { epochs: 8 });
    await expectValues(evals[5], steps[23] as Values);
    await expectValues(evals[6], steps[27] as Values);
    await expectValues(evals[7], mean([steps[27], steps[31]] as Values[]));
    expect(final).toEqual(evals[7]);
    expect(result.kept?.why).toBe('stochastic weight average');
  });

  test('startStep and everySteps', async () => {
    const { steps, final } = await run({ startStep: 3, everySteps: 5 });
    // After the 5th, 10th and 15th step.
    await expectValues(final, mean([steps[4], steps[9], steps[14]] as Values[]));
  });

  test('a start that is never reached leaves the fit as it is', async () => {
    const { steps, final, result } = await run({ startStep: 100 });
    expect(final).toEqual(steps[15]);
    expect(result.kept).toBeUndefined();
  });

  test('batch norms have the statistics of the average, wherever it is evaluated; those of training go on', async () => {
    const { trainer, evals, final } = await run({ startStep: 4 }, { model: normed() });
    const expected = async (params: Values): Promise<Values> => {
      const model = normed().loadStateDict(Object.fromEntries(Object.entries(params).map(([path, values]) => [path, tensorOf(trainer.model, path, values)])));
      const { buffers } = await nn.updateBatchNorm(model, data());
      return valuesOf(buffers);
    };
    for (const one of [evals[2], evals[3], final] as Values[]) await expectValues(one, await expected(one));
    const { buffers } = (await trainer.snapshot()).weights;
    expect((await valuesOf(buffers))['1.num_batches_tracked']).toEqual([16]);
    const raw = await run({ startStep: 4, updateBatchNorm: false }, { model: normed() });
    expect(raw.final['1.num_batches_tracked']).toEqual([16]);
  });

  test('a resumed fit gives the same bits, whether it was stopped before averaging began, within it, or between two takes', async () => {
    const options = { startStep: 5, everySteps: 2 };
    const whole = await run(options, { model: normed() });
    for (const step of [2, 7, 10]) {
      const taken: FitSnapshot[] = [];
      const first = make([swa(options)], normed());
      const fit = { train: data(), validation: data(), epochs: 4, batchSize: 4 };
      await first.fit({ ...fit, onProgress: async (event) => { if (event.kind === 'step' && event.step === step) taken.push(await first.snapshot()); } });
      const rest = make([swa(options)], normed());
      await rest.fit({ ...fit, resume: taken[0] as FitSnapshot });
      expect(await valuesOf(rest.model.stateDict())).toEqual(whole.final);
    }
  });
});

const tensorOf = (model: nn.Module<Inputs, Outputs>, path: string, values: readonly number[]) => {
  const like = model.stateDict()[path];
  return tensor(values as number[], like?.shape ?? [], { dtype: like?.dtype ?? 'float32' });
};

test('errors', async () => {
  await useReference();
  expect(() => swa({ startStep: -1 })).toThrow('swa: `startStep` must be a whole number in [0, inf), received -1.');
  expect(() => swa({ updateBatchNorm: 'yes' as never })).toThrow('swa: `updateBatchNorm` must be true or false, received "yes".');
  expect(() => swa({ evaluate: 'best' as never })).toThrow("swa: `evaluate` must be one of 'use', 'log', 'none', received \"best\".");
  expect(() => swa({ swaLr: 0.1 } as never)).toThrow('swa: unknown option `swaLr`.');
  expect(() => make([swa(), ema()], plain())).toThrow('@parsimony/ema/swa and @parsimony/ema each claim `eval.weights` for themselves');
  expect(() => make([swa(), ema()], plain())).toThrow('@parsimony/ema and @parsimony/ema/swa are both to be evaluated and kept');
});
