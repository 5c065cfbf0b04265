import { type AnyPlugin, arrayDataset, definePlugin, type FitSnapshot, losses, nn, optim, type Params, Trainer, useBackend } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { emaDecay } from './decay';
import { ema, type EmaOptions } from './ema';

type Values = Record<string, number[]>;
const valuesOf = async (params: Params): Promise<Values> => {
  const out: Values = {};
  for (const [path, x] of Object.entries(params)) out[path] = Array.from(await x.data());
  return out;
};
const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const make = (plugins: AnyPlugin[]) => new Trainer({ model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins });

/** Records the weights after each step, and those that each evaluation used. */
const probe = (steps: Values[], evals: Values[] = []) => definePlugin({
  name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
  hooks: {
    stepEnd: async (ctx) => { steps.push(await valuesOf(ctx.weights.params)); },
    evalEnd: async (ctx) => { evals.push(await valuesOf(ctx.weights.params)); },
  },
});
/** Leaves one step out. */
const skip = (step: number) => definePlugin({
  name: 'skip', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { 'optim.step': 'exclusive' } }, batchSemantics: 'per-sample',
  hooks: { aroundOptimStep: (ctx, next) => { if (ctx.step !== step) next(); } },
});

/** The average by its definition, on the host. */
function averageOf(steps: readonly Values[], decayAt: (update: number) => number, applied: (step: number) => boolean = () => true): Values {
  let average = steps[0] as Values;
  steps.forEach((weights, s) => {
    if (s === 0 || !applied(s)) return;
    const decay = decayAt(s);
    average = Object.fromEntries(Object.entries(weights).map(([path, values]) => [path, values.map((v, i) => decay * (average[path]?.[i] ?? NaN) + (1 - decay) * v)]));
  });
  return average;
}
const expectValues = async (actual: Values, expected: Values): Promise<void> => {
  for (const [path, values] of Object.entries(expected)) await expectClose(actual[path] ?? [], values, { name: path });
};

describe.each(techniqueBackends)('ema in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  async function run(options: EmaOptions, more: AnyPlugin[] = [], epochs = 3) {
    const [steps, evals]: [Values[], Values[]] = [[], []];
    const trainer = make([ema(options), probe(steps, evals), ...more]);
    const result = await trainer.fit({ train: data(), validation: data(), epochs, batchSize: 4 });
    return { trainer, result, steps, evals, final: await valuesOf(trainer.model.parameters()) };
  }

  test('evaluations and the end use the average, by its definition', async () => {
    const { steps, evals, final, result } = await run({ decay: 0.9 });
    const at = (s: number) => emaDecay(s, { decay: 0.9 });
    expect(steps).toHaveLength(12);
    await expectValues(evals[0] as Values, averageOf(steps.slice(0, 4), at));
    await expectValues(evals[2] as Values, averageOf(steps, at));
    expect(final).toEqual(evals[2]);
    expect(result.kept?.why).toBe('exponential moving average of the weights');
  });

  test('without warm-up, with a half-life', async () => {
    const { steps, final } = await run({ halfLifeSteps: 2, warmup: false });
    await expectValues(final, averageOf(steps, () => Math.SQRT1_2));
  });

  test('a step that was not applied does not count', async () => {
    const { steps, final } = await run({ decay: 0.5, warmup: false }, [skip(5)]);
    await expectValues(final, averageOf(steps, () => 0.5, (s) => s !== 5));
  });

  test('startStep and everySteps', async () => {
    const { steps, evals, final } = await run({ decay: 0.5, warmup: false, startStep: 5, everySteps: 3 });
    expect(evals[0]).toEqual(steps[3]);
    // Updates after steps 5 (the copy), 8 and 11.
    await expectValues(final, averageOf([5, 8, 11].map((s) => steps[s] as Values), () => 0.5));
  });

  test('training is not changed, and a decay of 0 changes nothing', async () => {
    const plain: Values[] = [];
    const trainer = make([probe(plain)]);
    await trainer.fit({ train: data(), epochs: 3, batchSize: 4 });
    const { steps, final } = await run({ decay: 0 });
    expect(steps).toEqual(plain);
    expect(final).toEqual(plain[11]);
  });

  test('accumulation of microbatches: one update a step', async () => {
    const [one, four]: [Values[], Values[]] = [[], []];
    const finals = await Promise.all([[one, 1], [four, 4]].map(async ([steps, accumulate]) => {
      const trainer = new Trainer({ model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins: [ema({ decay: 0.9 }), probe(steps as Values[])], accumulate: accumulate as number });
      await trainer.fit({ train: data(), epochs: 2, batchSize: 8 });
      return valuesOf(trainer.model.parameters());
    }));
    await expectValues(finals[1] as Values, finals[0] as Values);
  });

  test('a resumed fit gives the same bits', async () => {
    const whole = await run({ decay: 0.9 }, [], 4);
    const trainer = make([ema({ decay: 0.9 })]);
    const fit = { train: data(), validation: data(), epochs: 4, batchSize: 4 };
    const taken: FitSnapshot[] = [];
    await trainer.fit({ ...fit, onProgress: async (event) => { if (event.kind === 'epoch' && event.epoch === 1) taken.push(await trainer.snapshot()); } });
    const other = make([ema({ decay: 0.9 })]);
    expect(taken).toHaveLength(1);
    await other.fit({ ...fit, resume: taken[0] as FitSnapshot });
    expect(await valuesOf(other.model.parameters())).toEqual(whole.final);
  });
});

test('another average is refused', async () => {
  await useReference();
  const other = definePlugin({
    name: 'other-average', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { 'eval.weights': 'exclusive' } }, batchSemantics: 'per-sample',
    hooks: { aroundEval: (_, next) => next() },
  });
  expect(() => make([ema(), other])).toThrow('@parsimony/ema and other-average each claim `eval.weights` for themselves');
});
