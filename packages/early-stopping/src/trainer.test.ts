import { type AnyPlugin, arrayDataset, definePlugin, type FitSnapshot, losses, nn, optim, type Params, Trainer, useBackend } from '@parsimony/core';
import { ema } from '@parsimony/ema';
import { sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { earlyStopping, type EarlyStoppingOptions } from './early-stopping';

type Values = Record<string, number[]>;
const valuesOf = async (params: Params): Promise<Values> => {
  const out: Values = {};
  for (const [path, x] of Object.entries(params)) out[path] = Array.from(await x.data());
  return out;
};
const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const make = (plugins: AnyPlugin[]) => new Trainer({ model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins });

/** Gives each epoch's evaluation the loss of a curve, and records the weights that were evaluated. */
const script = (curve: readonly number[], seen: Values[] = []) => definePlugin({
  name: 'script', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
  hooks: {
    aroundEval: async (ctx, next) => ({ ...await next(), loss: curve[ctx.epoch] ?? NaN }),
    evalEnd: async (ctx) => { seen.push(await valuesOf(ctx.weights.params)); },
  },
});

describe.each(techniqueBackends)('earlyStopping in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  async function run(curve: readonly number[], options: EarlyStoppingOptions, more: AnyPlugin[] = []) {
    const seen: Values[] = [];
    const trainer = make([earlyStopping(options), script(curve, seen), ...more]);
    const result = await trainer.fit({ train: data(), validation: data(), epochs: curve.length, batchSize: 4 });
    return { trainer, result, seen, final: await valuesOf(trainer.model.parameters()) };
  }

  test('stops, says why, and ends with the best weights', async () => {
    const { result, seen, final } = await run([5, 3, 4, 4, 4, 1], { patience: 3 });
    expect(result).toMatchObject({ epochs: 5, reason: 'early stopping: no improvement in 3 checks; best validation loss, 3 at epoch 2, step 8' });
    expect(result.kept).toEqual({ why: 'best validation loss, 3 at epoch 2, step 8', epoch: 1, step: 8 });
    expect(final).toEqual(seen[1]);
    expect(seen[4]).not.toEqual(seen[1]);
  });

  test('a fit that is not stopped ends with the best weights too', async () => {
    const { result, seen, final } = await run([5, 3, 4], { patience: 3 });
    expect(result.reason).toBe('completed');
    expect(final).toEqual(seen[1]);
  });

  test('unless told not to', async () => {
    const { result, seen, final } = await run([5, 3, 4, 4], { patience: 1, restoreBest: false });
    expect(result).toMatchObject({ epochs: 3, kept: undefined });
    expect(final).toEqual(seen[2]);
  });

  test('target, divergence and values that are not finite', async () => {
    expect((await run([5, 3, 1, 1], { target: 3 })).result).toMatchObject({ epochs: 2, reason: 'early stopping: the validation loss 3 reached the target 3' });
    expect((await run([5, 90, 1], { divergence: 50 })).result.reason).toBe('early stopping: the validation loss 90 is worse than the threshold of divergence 50; best validation loss, 5 at epoch 1, step 4');
    const { result, seen, final } = await run([5, NaN, 1], {});
    expect(result.reason).toBe('early stopping: the validation loss became NaN; best validation loss, 5 at epoch 1, step 4');
    expect(final).toEqual(seen[0]);
  });

  // What is evaluated is the average, so that is what is watched and kept, in whatever order the two are listed.
  test.each(['before', 'after'])('listed %s ema, it keeps the best average', async (order) => {
    const seen: Values[] = [];
    const both = [earlyStopping({ patience: 2 }), ema({ decay: 0.5 })];
    const trainer = make([...(order === 'before' ? both : both.reverse()), script([5, 3, 4, 4, 4], seen)]);
    const result = await trainer.fit({ train: data(), validation: data(), epochs: 5, batchSize: 4 });
    expect(result.kept).toMatchObject({ epoch: 1, why: 'best validation loss, 3 at epoch 2, step 8' });
    const plain: Values[] = [];
    await make([script([5, 3], plain)]).fit({ train: data(), validation: data(), epochs: 2, batchSize: 4 });
    expect(await valuesOf(trainer.model.parameters())).toEqual(seen[1]);
    expect(seen[1]).not.toEqual(plain[1]);
  });

  test('a resumed fit stops where the whole one does, with the same best weights', async () => {
    const curve = [5, 3, 4, 4, 4, 1];
    const whole = await run(curve, { patience: 3 });
    const trainer = make([earlyStopping({ patience: 3 }), script(curve)]);
    const fit = { train: data(), validation: data(), epochs: 6, batchSize: 4 };
    const taken: FitSnapshot[] = [];
    await trainer.fit({ ...fit, onProgress: async (event) => { if (event.kind === 'epoch' && event.epoch === 2) taken.push(await trainer.snapshot()); } });
    const other = make([earlyStopping({ patience: 3 }), script(curve)]);
    const result = await other.fit({ ...fit, resume: taken[0] as FitSnapshot });
    expect([result.reason, result.kept]).toEqual([whole.result.reason, whole.result.kept]);
    expect(await valuesOf(other.model.parameters())).toEqual(whole.final);
  });
});

test('errors', async () => {
  await useReference();
  await expect(make([earlyStopping()]).fit({ train: data(), epochs: 1, batchSize: 4 })).rejects.toThrow('earlyStopping: it watches the validation loss, and the fit has no validation data.');
  await expect(make([earlyStopping({ monitor: 'f1', mode: 'max' })]).fit({ train: data(), validation: data(), epochs: 1, batchSize: 4 }))
    .rejects.toThrow("earlyStopping: the evaluation of 'validation' has no 'f1'; it has: accuracy, loss.");
  expect(() => make([earlyStopping(), earlyStopping({ instance: 'second' })])).toThrow('both write `kept.weights`');
  expect(make([earlyStopping(), earlyStopping({ instance: 'second', restoreBest: false })]).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});
