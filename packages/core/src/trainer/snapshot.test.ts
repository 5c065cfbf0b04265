import { beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../backends/registry';
import { nn, ops, optim, schedules } from '../index';
import { foldIn, key } from '../random/key';
import { integers } from '../random/draw';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import type { AnyPlugin, Plugin } from './contract';
import { makePlugin, makeTrainer, mlp, points, weightsOf } from './testing/small';
import type { FitSnapshot } from './snapshot';
import type { Trainer } from './trainer';

beforeAll(ready);

/** Draws masks, and counts its forwards in a buffer. */
class Noisy extends nn.Module {
  readonly inner = mlp();
  constructor() {
    super();
    this.buffer('count', [], 0, 'int32');
  }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode === 'train') ctx.writeBuffer('count', ops.add(this.raw('count', ctx), 1));
    return this.inner.forward(ctx.mode === 'train' ? ops.dropout(x, 0.2, ctx.key()) : x, ctx);
  }
}

/** A plugin with everything that a resumed fit could lose: state on the device and in JSON, draws, rates, kept weights, logs. */
const average = (more: Partial<Plugin> = {}): AnyPlugin => makePlugin('average', {
  transformBatch: (batch, ctx) => ({ ...batch, inputs: ops.dropout(batch.inputs as Tensor, 0.1, ctx.rng('mask')) }),
  stepEnd: (ctx) => {
    const mean = ops.averageStep(ctx.state.tensors['mean'] as Tensor, ctx.weights.params['inner.0.bias'] as Tensor, 0.1, ctx.applied);
    ctx.setState({ tensors: { mean }, json: (ctx.state.json as number) + 1 });
    ctx.log('steps', ctx.state.json as number);
    if (ctx.step === 4) ctx.lrScale('**.bias', 0.5);
  },
  aroundEval: async (ctx, next) => next({ params: { ...ctx.weights.params, 'inner.0.bias': ctx.state.tensors['mean'] as Tensor }, buffers: ctx.weights.buffers }),
  evalEnd: (ctx) => { 
    // The last row is that of this evaluation.
    const before = ctx.history.filter(({ values }) => 'validationLoss' in values).slice(0, -1).map(({ values }) => values['validationLoss'] as number);
    if (ctx.result.loss < Math.min(...before)) ctx.keep(ctx.weights, 'best');
  },
}, { init: (model) => ({ tensors: { mean: ops.mul(model.parameters()['inner.0.bias'] as Tensor, 1) }, json: 0 }), ...more });

const trainer = (plugins: readonly AnyPlugin[] = [average()]): Trainer =>
  makeTrainer({ model: new Noisy(), accumulate: 2, evaluateEvery: 5, plugins, optimizer: optim.adam({ lr: schedules.cosine({ value: 0.05 }) }) });
const fit = { train: points(44), validation: points(8), epochs: 4, batchSize: 8 };

async function everything(of: Trainer): Promise<unknown> {
  const { seed: _, weights, optimizer, plugins, kept, totals, history, ...rest } = await of.snapshot();
  const numbers = async (tensors: Record<string, Tensor>): Promise<unknown> =>
    Object.fromEntries(await Promise.all(Object.entries(tensors).map(async ([path, x]) => [path, [...await x.data()]])));
  return {
    ...rest, json: [optimizer.state.json, plugins], model: await weightsOf(of), optimizer: await numbers({ ...optimizer.state.tensors }),
    history: history.map(({ values: { seconds: __, ...values }, ...row }) => ({ ...row, values })), totals: { ...totals, seconds: 0 },
    weights: await numbers({ ...weights.params, ...weights.buffers }), kept: kept && await numbers({ ...kept.weights.params, ...kept.weights.buffers }),
    plugins: await Promise.all(Object.values(plugins).map(async ({ state }) => [state.json, await numbers({ ...state.tensors })])),
  };
}
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (name, x: unknown) => (name === 'tensors' ? undefined : x)));

describe('a fit that is resumed', () => {
  // 24 steps: 6 an epoch, the last smaller; evaluations after 5, 10, 15, 20.
  const draw = integers(foldIn(key(2026), 'steps'));
  test.each([1, 5, 6, 12, 20, 23, ...Array.from({ length: 4 }, () => 1 + draw(23))])('after step %i gives the bits of one that was not', async (stop) => {
    const whole = trainer();
    await whole.fit(fit);
    let saved: FitSnapshot | undefined;
    const first = trainer();
    await first.fit({ ...fit, onProgress: async (e) => { if (e.kind === 'step' && e.step === stop) saved = await first.snapshot(); } });
    const second = trainer();
    await second.fit({ ...fit, ...(saved ? { resume: saved } : {}) });
    expect(saved?.step).toBe(stop);
    expect(plain(await everything(second))).toEqual(plain(await everything(whole)));
  });

  test('after an abort, from a snapshot taken then, whose kept weights the model has', async () => {
    const whole = trainer();
    await whole.fit(fit);
    const controller = new AbortController();
    const first = trainer();
    const { reason, kept } = await first.fit({ ...fit, signal: controller.signal, onProgress: (e) => { if (e.kind === 'eval' && e.step === 15) controller.abort(); } });
    expect([reason, kept?.why]).toEqual(['aborted', 'best']);
    const second = trainer();
    await second.fit({ ...fit, resume: await first.snapshot() });
    expect(plain(await everything(second))).toEqual(plain(await everything(whole)));
  });

  test.each<[string, () => Trainer, string]>([
    ['another seed', () => makeTrainer({ model: new Noisy(), plugins: [average()], seed: 2 }), 'fit: the snapshot was taken with seed 1, the Trainer has seed 2.'],
    ['another optimizer', () => makeTrainer({ model: new Noisy(), plugins: [average()], optimizer: optim.sgd({ lr: 1 }) }), "the snapshot was taken with the optimizer 'adam', the Trainer has 'sgd'."],
    ['another model', () => makeTrainer({ plugins: [] }), 'fit: the snapshot is of another model: `0.weight` is not there in it, and [8, 2] here; 8 more differ. Build the model as it was.'],
    ['a plugin fewer', () => trainer([]), 'fit: the snapshot was taken with the plugin average 1.0.0 and the options {}, which the Trainer does not have.'],
    ['a plugin more', () => trainer([average(), makePlugin('late')]), 'fit: the snapshot was taken without the plugin late 1.0.0, which the Trainer has with the options {}. Leave it out, or begin anew.'],
    ['other options of a plugin', () => trainer([average({ options: { of: 'weights' } })]), 'fit: the snapshot was taken with the plugin average 1.0.0 and the options {}; the Trainer has it with {"of":"weights"}. Give the same options, or begin anew.'],
    ['a newer state', () => trainer([average({ stateVersion: 2 })]), 'fit: the state of average in the snapshot has version 0 (of 1.0.0); this is 1.0.0 with version 2 and no way to migrate.'],
  ])('is refused with %s', async (_, other, message) => {
    const first = trainer();
    await first.fit({ ...fit, epochs: 1 });
    await expect(other().fit({ ...fit, resume: await first.snapshot() })).rejects.toThrow(message);
  });

  test('takes a plugin that can begin late, and migrates an older state', async () => {
    const first = trainer();
    await first.fit({ ...fit, epochs: 1 });
    const migrated: number[] = [];
    const second = trainer([average({ stateVersion: 2, migrate: (state, from) => { migrated.push(from); return state; } }), makePlugin('new', {}, { requiredOnLoad: false })]);
    const { steps } = await second.fit({ ...fit, resume: await first.snapshot() });
    expect([steps, migrated]).toEqual([24, [0]]);
  });

  test('there is nothing to take before the first', async () => {
    await expect(trainer().snapshot()).rejects.toThrow('snapshot: there is no fit yet.');
  });
});
