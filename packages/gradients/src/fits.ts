/** @internal Small fits for the tests of this package. */
import { type AnyPlugin, arrayDataset, type Batch, type Dataset, definePlugin, type Inputs, losses, type LossFunction, nn, ops, optim, type Outputs, type Tensor, Trainer } from '@parsimony/core';
import { sample } from '@parsimony/testkit';

export type Values = Record<string, number[]>;

/** All reads are asked for at once, before a hook's tensors are given back. */
export const valuesOf = async (params: Readonly<Record<string, Tensor>>): Promise<Values> =>
  Object.fromEntries(await Promise.all(Object.entries(params).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));

/** 16 samples of three numbers in two classes; two steps of 8. */
const twoClasses = (): Dataset =>
  arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });

/** The same data, infinite in the batches that `bad` names; data sets themselves refuse such samples. */
export const withInfinities = (data: Dataset, bad: (ids: Int32Array) => boolean): Dataset => ({
  ...(data.numClasses !== undefined && { numClasses: data.numClasses }), size: data.size,
  batch(ids) {
    const batch = data.batch(ids) as Batch;
    return bad(ids) ? { ...batch, inputs: ops.mul(batch.inputs as Tensor, Infinity) } : batch;
  },
});

export const perceptron = (): nn.Sequential => new nn.Sequential(new nn.Linear(3, 6), new nn.Tanh(), new nn.Linear(6, 2));

const probe = (grads: Promise<Values>[], weights: Promise<Values>[]): AnyPlugin => definePlugin({
  name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['grads'] }, batchSemantics: 'per-sample',
  hooks: {
    transformGrads: { order: 'post', handler: (g) => { grads.push(valuesOf(g)); return undefined; } },
    stepEnd: (ctx) => { weights.push(valuesOf(ctx.weights.params)); },
  },
});

export interface FitSettings {
  readonly model?: nn.Module<Inputs, Outputs>;
  readonly optimizer?: optim.Optimizer;
  readonly loss?: LossFunction;
  readonly data?: Dataset;
  readonly accumulate?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
}

export async function fitWith(plugins: readonly AnyPlugin[], settings: FitSettings = {}) {
  const { model = perceptron() as unknown as nn.Module<Inputs, Outputs>, optimizer = optim.sgd({ lr: 0.5 }), loss = losses.crossEntropy(), data = twoClasses(), accumulate = 1, epochs = 1, batchSize = 8 } = settings;
  const [grads, weights]: [Promise<Values>[], Promise<Values>[]] = [[], []];
  const trainer = new Trainer({ model, loss, optimizer, seed: 3, plugins: [...plugins, probe(grads, weights)], accumulate });
  const { history } = await trainer.fit({ train: data, epochs, batchSize, shuffle: false });
  return { trainer, history, grads: await Promise.all(grads), weights: await Promise.all(weights) };
}
