/** A fit with everything that a resumed one could lose: masks, buffers, plugin state, rates, kept weights, logs, evaluations. */
import { nn, ops, optim, schedules } from '../../index';
import type { Tensor } from '../../tensor/tensor';
import type { ForwardContext } from '../../types';
import type { AnyPlugin, Plugin } from '../contract';
import type { TrainerOptions } from '../options';
import type { Trainer } from '../trainer';
import { makePlugin, makeTrainer, mlp, points, weightsOf } from './small';

/** Draws masks, and counts its forwards in a buffer. */
export class Noisy extends nn.Module {
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

/** State on the device and in JSON, draws, rates, kept weights, logs. */
export const average = (more: Partial<Plugin> = {}): AnyPlugin => makePlugin('average', {
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

export const busyTrainer = (plugins: readonly AnyPlugin[] = [average()], more: Partial<TrainerOptions> = {}): Trainer =>
  makeTrainer({ model: new Noisy(), accumulate: 2, evaluateEvery: 5, plugins, optimizer: optim.adam({ lr: schedules.cosine({ value: 0.05 }) }), ...more });

/** 24 steps: 6 an epoch, the last smaller; evaluations after 5, 10, 15, 20. */
export const busyFit = { train: points(44), validation: points(8), epochs: 4, batchSize: 8 };

/** Of 60,000 steps, to be ended before. */
export const longFit = { ...busyFit, epochs: 10_000 };

/** All that a fit ended with, as plain data without times, and without the name that tells it from others. */
export async function everything(of: Trainer): Promise<unknown> {
  const { fit: _id, seed: _, weights, optimizer, plugins, kept, totals, history, ...rest } = await of.snapshot();
  const numbers = async (tensors: Record<string, Tensor>): Promise<unknown> =>
    Object.fromEntries(await Promise.all(Object.entries(tensors).map(async ([path, x]) => [path, [...await x.data()]])));
  const all = {
    ...rest, json: [optimizer.state.json, plugins], model: await weightsOf(of), optimizer: await numbers({ ...optimizer.state.tensors }),
    history: history.map(({ values: { seconds: __, ...values }, ...row }) => ({ ...row, values })), totals: { ...totals, seconds: 0 },
    weights: await numbers({ ...weights.params, ...weights.buffers }), kept: kept && await numbers({ ...kept.weights.params, ...kept.weights.buffers }),
    plugins: await Promise.all(Object.values(plugins).map(async ({ state }) => [state.json, await numbers({ ...state.tensors })])),
  };
  return JSON.parse(JSON.stringify(all, (name, x: unknown) => (name === 'tensors' ? undefined : x)));
}
