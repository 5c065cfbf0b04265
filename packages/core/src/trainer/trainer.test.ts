import { referenceExecutor } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Executor } from '../backends/executor';
import { ready, useBackend } from '../backends/registry';
import { arrayDataset } from '../data/array-dataset';
import type { Dataset } from '../data/dataset';
import { losses, nn, ops, optim, schedules } from '../index';
import { zeros } from '../tensor/create';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import type { ProgressEvent } from './events';
import type { TrainerOptions } from './options';
import { makePlugin, makeTrainer, mlp, points, weightsOf } from './testing/small';

beforeAll(ready);

describe('fit', () => {
  test('learns, and says how it went', async () => {
    const trainer = makeTrainer();
    const { history, reason, steps, epochs, kept } = await trainer.fit({ train: points(40), validation: points(20), epochs: 5, batchSize: 16 });
    expect([reason, steps, epochs, kept]).toEqual(['completed', 15, 5, undefined]);
    expect(history.map(({ epoch, step }) => [epoch, step])).toEqual([[0, 3], [1, 6], [2, 9], [3, 12], [4, 15]]);
    const [first, last] = [history[0]?.values, history[4]?.values];
    expect(Object.keys(last ?? {}).sort()).toEqual(['accuracy', 'learningRate', 'loss', 'seconds', 'validationAccuracy', 'validationLoss']);
    expect(last?.['loss']).toBeLessThan(first?.['loss'] ?? 0);
    expect(last?.['validationAccuracy']).toBeGreaterThan(0.8);
    expect(last?.['learningRate']).toBe(0.05);
    const { loss, accuracy } = await trainer.evaluate(points(20));
    expect([loss, accuracy]).toEqual([last?.['validationLoss'], last?.['validationAccuracy']]);
  });

  test('gives the same bits for the same seed, others for another', async () => {
    const train = async (seed: number): Promise<unknown> => {
      const trainer = makeTrainer({ seed });
      await trainer.fit({ train: points(40), epochs: 2, batchSize: 16 });
      return weightsOf(trainer);
    };
    const first = await train(1);
    expect(await train(1)).toEqual(first);
    expect(await train(2)).not.toEqual(first);
  });

  test('follows a schedule of the learning rate', async () => {
    const rates: number[] = [];
    await makeTrainer({ optimizer: optim.sgd({ lr: schedules.linear({ start: 1, end: 0, steps: 4 }) }) })
      .fit({ train: points(8), epochs: 2, batchSize: 4, onProgress: (e) => { if (e.kind === 'step') rates.push(e.learningRate); } });
    expect(rates).toEqual([1, 0.75, 0.5, 0.25]);
  });

  test('tells of its progress, and awaits who listens', async () => {
    const events: ProgressEvent[] = [];
    await makeTrainer().fit({ train: points(10), validation: points(4), epochs: 1, batchSize: 8, onProgress: async (event) => { await Promise.resolve(); events.push(event); } });
    expect(events.map(({ kind }) => kind)).toEqual(['start', 'step', 'step', 'eval', 'epoch', 'end']);
    expect(events[0]).toEqual({ kind: 'start', epochs: 1, stepsPerEpoch: 2, totalSteps: 2, step: 0 });
    expect(events[2]).toMatchObject({ step: 2, totalSteps: 2, epoch: 0, applied: true });
    expect(events[5]).toEqual({ kind: 'end', reason: 'completed' });
  });

  test('tells those who listen to some events of those', async () => {
    const heard: unknown[] = [];
    await makeTrainer().fit({
      train: points(10), epochs: 2, batchSize: 8,
      onProgress: { epoch: async ({ epoch, row }) => { await Promise.resolve(); heard.push([epoch, row.step]); }, end: ({ reason }) => { heard.push(reason); } },
    });
    expect(heard).toEqual([[0, 2], [1, 4], 'completed']);
  });

  test('evaluates every so many steps', async () => {
    const steps: number[] = [];
    const { history } = await makeTrainer({ evaluateEvery: 2 }).fit({
      train: points(20), validation: points(4), epochs: 2, batchSize: 8, onProgress: (e) => { if (e.kind === 'eval') steps.push(e.step); },
    });
    expect(steps).toEqual([2, 4, 6]);
    expect(history.map(({ step, values }) => [step, 'loss' in values, 'validationLoss' in values])).toEqual([[2, false, true], [3, true, false], [4, false, true], [6, false, true], [6, true, true]]);
  });

  test('leaves the last batch out where asked to', async () => {
    expect((await makeTrainer().fit({ train: points(10), epochs: 1, batchSize: 4, dropLast: true })).steps).toBe(2);
    await expect(makeTrainer().fit({ train: points(3), epochs: 1, batchSize: 4, dropLast: true })).rejects.toThrow('no batch is left of 3 samples');
  });

  test('ends after the step when it is aborted', async () => {
    const controller = new AbortController();
    const trainer = makeTrainer();
    const { reason, steps, history } = await trainer.fit({
      train: points(40), validation: points(4), epochs: 5, batchSize: 8, signal: controller.signal,
      onProgress: (e) => { if (e.kind === 'step' && e.step === 7) controller.abort(); },
    });
    expect([reason, steps, history.length]).toEqual(['aborted', 7, 1]);
    expect((await makeTrainer().fit({ train: points(8), epochs: 1, batchSize: 8, signal: AbortSignal.abort() })).steps).toBe(0);
  });

  test('lets timers have a turn, so that an abort from outside arrives', async () => {
    const controller = new AbortController();
    setTimeout(() => { controller.abort(); }, 30);
    const { reason } = await makeTrainer().fit({ train: points(64), epochs: 1e6, batchSize: 8, signal: controller.signal });
    expect(reason).toBe('aborted');
  });

  test('may read data that is not there yet', async () => {
    const inner = points(20);
    const slow: Dataset = { size: 20, numClasses: 2, batch: async (ids) => { await Promise.resolve(); return inner.batch(ids); } };
    const [a, b] = [makeTrainer(), makeTrainer()];
    await a.fit({ train: slow, epochs: 2, batchSize: 8 });
    await b.fit({ train: inner, epochs: 2, batchSize: 8 });
    expect(await weightsOf(a)).toEqual(await weightsOf(b));
  });

  test('passes on what a data source throws, and ends properly', async () => {
    const inner = points(20);
    const ended: string[] = [];
    const broken: Dataset = { size: 20, batch: (ids) => { if (ids.includes(3)) throw new Error('disk on fire'); return inner.batch(ids); } };
    await expect(makeTrainer({ plugins: [makePlugin('p', { fitEnd: () => { ended.push('fitEnd'); } }, { teardown: () => { ended.push('teardown'); } })] })
      .fit({ train: broken, epochs: 1, batchSize: 4 })).rejects.toThrow('disk on fire');
    expect(ended).toEqual(['fitEnd', 'teardown']);
  });

  test('runs alone', async () => {
    const trainer = makeTrainer();
    const first = trainer.fit({ train: points(8), epochs: 1, batchSize: 8 });
    await expect(trainer.fit({ train: points(8), epochs: 1, batchSize: 8 })).rejects.toThrow('fit: this Trainer is in a fit already.');
    await first;
  });
});

describe('options', () => {
  const data = points(4);
  test.each<[string, object, string]>([
    ['an unknown one', { optimiser: 1 }, 'Trainer: unknown option `optimiser`. Did you mean `optimizer`?'],
    ['a factory of losses', { loss: losses.crossEntropy }, 'Call the factory: `losses.crossEntropy()`.'],
    ['no optimizer', { optimizer: undefined }, '`optimizer` must be an optimizer'],
    ['no model', { model: {} }, '`model` must be a module'],
    ['a bad seed', { seed: -1 }, '`seed` must be a whole number in [0, 2^53), received -1.'],
    ['accumulate 0', { accumulate: 0 }, '`accumulate` must be a whole number in [1, inf), received 0.'],
    ['a factory of plugins', { plugins: [() => makePlugin('p')] }, 'Call the factory'],
    ['two metrics of a name', { metrics: [{ name: 'a', compute: () => undefined }, { name: 'a', compute: () => undefined }] }, "two metrics are called 'a'"],
    ['another policy', { nonFinite: 'ignore' }, "`nonFinite` must be one of 'stop', 'skip', received \"ignore\"."],
  ])('refuse %s', (_, options, message) => { expect(() => makeTrainer(options)).toThrow(message); });

  test.each<[string, object, string]>([
    ['an unknown one', { epoch: 1 }, 'fit: unknown option `epoch`. Did you mean `epochs`?'],
    ['a listener that is none', { onProgress: 1 }, 'fit: `onProgress` must be a function, or functions by kind of event, received 1.'],
    ['a listener to nothing there is', { onProgress: { steps: () => {} } }, 'fit: onProgress: unknown event `steps`. Did you mean `step`?'],
    ['a listener that cannot be told', { onProgress: { epoch: 'print' } }, 'fit: onProgress: `epoch` must be a function, received "print".'],
    ['no epochs', { epochs: 0 }, '`epochs` must be a whole number in [1, inf), received 0.'],
    ['no batch size', { batchSize: undefined }, '`batchSize` must be a whole number in [1, inf), received undefined.'],
    ['an array for a data set', { train: [1, 2] }, '`train` must be a data set { size, batch(ids) }'],
    ['an empty data set', { train: { size: 0, batch: data.batch } }, 'fit: `train` is an empty data set (size 0).'],
    ['an empty validation set', { validation: { size: 0, batch: data.batch } }, 'fit: `validation` is an empty data set'],
    ['a controller for a signal', { signal: new AbortController() }, '`signal` must be an AbortSignal'],
  ])('of fit refuse %s', async (_, options, message) => {
    await expect(makeTrainer().fit({ train: data, epochs: 1, batchSize: 2, ...options })).rejects.toThrow(message);
  });

  test('shapes that do not fit the model are named', async () => {
    const wide = arrayDataset({ inputs: new Float32Array(12), shape: [3], labels: [0, 1, 0, 1], numClasses: 2 });
    await expect(makeTrainer().fit({ train: wide, epochs: 1, batchSize: 2 })).rejects.toThrow(/linear.*\[\.\.\., 2\].*received \[2, 3\]/);
    const many = arrayDataset({ inputs: new Float32Array(4), shape: [2], labels: [0, 4], numClasses: 5 });
    await expect(makeTrainer().fit({ train: many, epochs: 1, batchSize: 2 })).rejects.toThrow('Give the last layer 5 outputs.');
  });

  test('a forward before init says so', () => {
    expect(() => mlp().forward(zeros([1, 2]))).toThrow('Linear: `weight` has no value yet. Call `model.init(random.key(seed))` (the Trainer does) before the first forward.');
  });
});

/** Divides by 0 in training at step 2. */
class Poison extends nn.Module {
  readonly inner = mlp();
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const y = this.inner.forward(x, ctx);
    return ctx.mode === 'train' && ctx.step === 2 ? ops.div(y, 0) : y;
  }
}

describe('a loss or gradient that is not finite', () => {
  test('ends the fit, naming the step, with the weights before it', async () => {
    const trainer = makeTrainer({ model: new Poison() });
    const before: Record<number, unknown> = {};
    await expect(trainer.fit({
      train: points(40), epochs: 1, batchSize: 8,
      onProgress: async (e) => { if (e.kind === 'step') before[e.step] = await weightsOf(trainer); },
    })).rejects.toThrow(expect.objectContaining({ code: 'non-finite', message: expect.stringContaining('fit: at step 2 the loss is NaN; the step was not applied') as string }) as Error);
    expect(await weightsOf(trainer)).toEqual(before[2]);
  });
  test.each<[string, Partial<TrainerOptions>]>([
    ['by option', { nonFinite: 'skip' }], ['by a plugin', { plugins: [makePlugin('skipper', {}, { nonFinite: 'skip' })] }],
  ])('is left out %s', async (_, options) => {
    const trainer = makeTrainer({ model: new Poison(), ...options });
    const applied: boolean[] = [];
    const seen: unknown[] = [];
    const { history } = await trainer.fit({
      train: points(40), epochs: 1, batchSize: 8,
      onProgress: async (e) => { if (e.kind === 'step') { applied.push(e.applied); seen.push(await weightsOf(trainer)); } },
    });
    expect(applied).toEqual([true, true, false, true, true]);
    expect(seen[2]).toEqual(seen[1]);
    expect(seen[3]).not.toEqual(seen[2]);
    expect(history[0]?.values['skippedSteps']).toBe(1);
    expect(history[0]?.values['loss']).toBeGreaterThan(0);
  });
});

describe('where reads come later than steps', () => {
  /** Steps do not wait for what they ask; the host is up to three steps behind. */
  const late = (): Executor => Object.assign(referenceExecutor(), { readLag: 3 });
  const run = async (executor: Executor | string, model?: nn.Module): Promise<{ events: ProgressEvent[]; rows: unknown }> => {
    await useBackend(executor);
    const events: ProgressEvent[] = [];
    const trainer = makeTrainer({ ...(model ? { model } : {}), evaluateEvery: 4 });
    const { history } = await trainer.fit({ train: points(40), validation: points(6), epochs: 2, batchSize: 8, onProgress: (e) => { events.push(e); } });
    return { events, rows: history.map(({ values: { seconds: _, ...values }, ...row }) => ({ ...row, values })) };
  };

  test('the history and the events are the same', async () => {
    const now = await run(referenceExecutor());
    const later = await run(late());
    expect(later.rows).toEqual(now.rows);
    const steps = ({ events }: typeof now): ProgressEvent[] => events.filter(({ kind }) => kind === 'step');
    expect(steps(later)).toEqual(steps(now));
    await useBackend('wasm');
  });

  test('a loss that is not finite still ends the fit, naming its step', async () => {
    await expect(run(late(), new Poison())).rejects.toThrow('fit: at step 2 the loss is NaN');
    await useBackend('wasm');
  });
});

test('explain says what a fit would do, before there are weights', () => {
  const decay = makePlugin('decay', { collectParamGroups: ({ model }) => Object.entries(model.parameterShapes()).filter(([, shape]) => shape.length > 1).map(([match]) => ({ match, weightDecay: 0.1 })) }, { claims: { writes: { 'params.decay': 'exclusive' } } });
  const half = makePlugin('half', { collectParamGroups: () => [{ match: '**', lrScale: 0.5 }, { match: '2.*', lrScale: 2 }] });
  const trainer = makeTrainer({ plugins: [decay, half], accumulate: 2, optimizer: optim.adamw({ lr: 0.01 }) });
  expect(trainer.explain()).toBe(`Trainer
  model       Sequential, 42 parameters
  loss        crossEntropy {}
  optimizer   adamw {"lr":0.01,"weightDecay":0.01,"betas":[0.9,0.999],"eps":1e-8,"amsgrad":false,"groups":[]}
  metrics     accuracy
  seed        1
  accumulate  2 microbatches a step
Plugins
  decay  1.0.0  per-sample  {}
  half   1.0.0  per-sample  {}
Hooks, in the order of a fit
  collectParamGroups  decay -> half
Claims
  params.decay  decay (writes, exclusive)
Findings: none
Parameters, with their rates at step 0
  0.weight  [8, 2]  lr 0.005  decay 0.1 (decoupled)
  0.bias    [8]     lr 0.005  no decay
  2.weight  [2, 8]  lr 0.02   decay 0.1 (decoupled)
  2.bias    [2]     lr 0.02   no decay`);
  const shy = makePlugin('shy', { collectParamGroups: (ctx) => { if (Object.keys(ctx.weights.params).length === 0) throw new Error('no weights yet'); return []; } });
  expect(makeTrainer({ plugins: [shy] }).explain()).toContain('known once the fit starts (shy, in collectParamGroups: no weights yet)');
});
