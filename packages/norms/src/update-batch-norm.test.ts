/** Running statistics gathered anew are those of PyTorch's `update_bn`; nothing else is touched. */
import { arrayDataset, batches, type Batch, type ForwardContext, losses, memory, nn, ops, optim, type Params, random, scope, type Tensor, tensor, Trainer, useBackend } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, sample, toTensor } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';
import { BatchNorm1d, BatchNorm2d, GhostBatchNorm, updateBatchNorm } from './index';

type Arrays = Readonly<Record<string, FixtureArray>>;
interface Case {
  readonly name: string;
  readonly layers: readonly { readonly module: string; readonly options: Readonly<Record<string, never>> }[];
  readonly batches: readonly FixtureArray[];
  readonly stateDict: Arrays;
  readonly stateDictAfter: Arrays;
}
const { cases } = await fixture<Case>(new URL('../fixtures/update-batch-norm.json', import.meta.url));

function layer({ module, options: given }: Case['layers'][number]): nn.Module {
  const { inFeatures, outFeatures, inChannels, outChannels, kernelSize, numFeatures, ...options } = given as Readonly<Record<string, number>>;
  switch (module) {
    case 'Linear': return new nn.Linear(inFeatures as number, outFeatures as number);
    case 'Conv2d': return new nn.Conv2d(inChannels as number, outChannels as number, kernelSize as number);
    case 'BatchNorm1d': return new BatchNorm1d(numFeatures as number, options);
    case 'BatchNorm2d': return new BatchNorm2d(numFeatures as number, options);
    case 'Tanh': return new nn.Tanh();
    case 'ReLU': return new nn.ReLU();
    default: throw new Error(`No layer ${module}.`);
  }
}
const modelOf = ({ layers, stateDict }: Case): nn.Module =>
  new nn.Sequential(...layers.map(layer)).loadStateDict(Object.fromEntries(Object.entries(stateDict).map(([name, array]) => [name, toTensor(array)])));
/** The batches of a case as a plugin's data are: one after another. */
async function* batchesOf({ batches: arrays }: Case): AsyncGenerator<Batch> {
  for (const array of arrays) {
    const inputs = toTensor(array);
    const target = { kind: 'value', values: inputs } as const;
    yield { inputs, target, original: target, ids: tensor(new Int32Array(inputs.shape[0] ?? 0)), size: inputs.shape[0] ?? 0 };
  }
}

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, testCase) => {
    const model = modelOf(testCase);
    await updateBatchNorm(model, batchesOf(testCase));
    const state = model.stateDict();
    expect(Object.keys(state)).toEqual(Object.keys(testCase.stateDictAfter));
    for (const [path, expected] of Object.entries(testCase.stateDictAfter)) await expectFixture(path, state[path] as Tensor, expected, backend);
  });

  test('for other weights the model stays, and the statistics come back', async () => {
    const [testCase] = cases as [Case];
    const model = modelOf(testCase);
    const before = nn.holdWeights(model.weights());
    const doubled = scope(() => Object.fromEntries(Object.entries(before.params).map(([path, x]) => [path, ops.mul(x, 2)])));
    const { params, buffers } = await updateBatchNorm(model, batchesOf(testCase), { weights: { params: doubled, buffers: before.buffers } });
    for (const [path, x] of Object.entries(model.buffers())) await expectClose(x, before.buffers[path] as Tensor, { rtol: 0 });
    expect(params).toBe(doubled);
    const other = modelOf(testCase).loadStateDict(doubled, { strict: false });
    await updateBatchNorm(other, batchesOf(testCase));
    for (const [path, x] of Object.entries(other.buffers())) await expectClose(buffers[path] as Tensor, x, { rtol: 0 });
  });
});

const data = arrayDataset({ inputs: Float32Array.from(sample(40 * 3, { seed: 2, low: -1, high: 4 })), shape: [3], labels: Array.from({ length: 40 }, (_, i) => i % 2), numClasses: 2 });

/** A mask where there is a key, and a count of training passes. */
class Noise extends nn.Module {
  constructor() {
    super();
    this.buffer('passes', [], 3, 'int32');
  }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode === 'eval') return x;
    ctx.writeBuffer('passes', ops.add(this.raw('passes', ctx), 1));
    return ops.dropout(x, 0.5, ctx.key());
  }
}
const numbers = async (state: Params): Promise<Record<string, number[]>> => Object.fromEntries(
  await Promise.all(Object.entries(state).map(async ([path, x]): Promise<[string, number[]]> => [path, Array.from(await x.data())])));

describe('only running statistics change', () => {
  beforeAll(async () => { await useBackend('wasm'); });

  test('masks, other buffers, frozen norms and parameters do not', async () => {
    const model = new nn.Sequential(new nn.Linear(3, 4), new Noise(), new BatchNorm1d(4), new BatchNorm1d(4, { frozen: true }), new nn.Linear(4, 2)).init(random.key(1));
    const before = await numbers(model.stateDict());
    await updateBatchNorm(model, data, { batchSize: 16 });
    const after = await numbers(model.stateDict());
    const changed = Object.keys(after).filter((path) => JSON.stringify(after[path]) !== JSON.stringify(before[path]));
    expect(changed).toEqual(['2.running_mean', '2.running_var', '2.num_batches_tracked']);
    expect(after['2.num_batches_tracked']).toEqual([3]);
    // Again, and the same comes out: nothing of before is in it.
    await updateBatchNorm(model, data, { batchSize: 16 });
    expect(await numbers(model.stateDict())).toEqual(after);
  });

  test('a norm used twice counts both uses; ghost batches count each', async () => {
    class Twice extends nn.Module {
      readonly norm = new BatchNorm1d(3);
      protected compute(x: Tensor, ctx: ForwardContext): Tensor { return this.norm.forward(ops.add(this.norm.forward(x, ctx), 2), ctx); }
    }
    const twice = new Twice().init(random.key(1));
    await updateBatchNorm(twice, data, { batchSize: 40 });
    // The second use sees mean 2: the average is half way.
    const [first] = await numbers({ x: ops.mean((await batches(data, { batchSize: 40 }).next()).value?.inputs as Tensor, { axis: 0 }) }).then(Object.values);
    expect((await numbers(twice.buffers()))['norm.running_mean']?.map((x) => x.toFixed(4))).toEqual((first as number[]).map((x) => ((x + 2) / 2).toFixed(4)));
    const ghost = new GhostBatchNorm(3, { chunkSize: 10 }).init(random.key(1));
    await updateBatchNorm(ghost, data, { batchSize: 20 });
    expect((await numbers(ghost.buffers()))['num_batches_tracked']).toEqual([4]);
  });

  test('after a fit the averaged weights evaluate better with statistics of their own', async () => {
    const model = new nn.Sequential(new nn.Linear(3, 8), new BatchNorm1d(8, { momentum: 0.01 }), new nn.ReLU(), new nn.Linear(8, 2));
    const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.05 }), seed: 3 });
    await trainer.fit({ train: data, epochs: 15, batchSize: 40 });
    const stale = await trainer.evaluate(data);
    await updateBatchNorm(trainer.model, data, { batchSize: 40 });
    expect((await trainer.evaluate(data)).loss).toBeLessThan(stale.loss);
  });

  test('no tensor is left over', async () => {
    const model = new nn.Sequential(new nn.Linear(3, 4), new BatchNorm1d(4)).init(random.key(1));
    await updateBatchNorm(model, data);
    const before = memory();
    await updateBatchNorm(model, data, { batchSize: 7 });
    await expect(updateBatchNorm(model, { size: 4, batch: () => { throw new Error('no disk'); } })).rejects.toThrow('no disk');
    expect(memory()).toEqual(before);
  });
});

describe('errors', () => {
  const model = new BatchNorm1d(3);
  beforeAll(async () => {
    await useBackend('wasm');
    model.init(random.key(0));
  });
  test.each<readonly [string, () => Promise<unknown>, string]>([
    ['no data', () => updateBatchNorm(model, 3 as never), 'updateBatchNorm: `data` must be a data set or batches, such as `batches(train, { batchSize: 256 })`, received 3.'],
    ['no batch', () => updateBatchNorm(model, []), 'updateBatchNorm: there is no batch to take statistics of.'],
    ['no model', () => updateBatchNorm({} as never, []), 'updateBatchNorm: `model` must be a module, received {}.'],
    ['an unknown option', () => updateBatchNorm(model, data, { momentum: 0.1 } as never), 'updateBatchNorm: unknown option `momentum`'],
    ['a batch size of 0', () => updateBatchNorm(model, data, { batchSize: 0 }), '`batchSize` must be a whole number in [1, inf), received 0.'],
    ['one value a channel', () => updateBatchNorm(model, data, { batchSize: 1 }), 'training needs more than one value per channel'],
    ['a model before init', () => updateBatchNorm(new nn.Sequential(new nn.Linear(3, 3), new BatchNorm1d(3)), data), 'has no value yet'],
  ])('%s', async (_, run, message) => { await expect(run()).rejects.toThrow(message); });
});
