/** What a fit reads from the device: nothing in a step that nobody listens to, and one small read for many steps. */
import {
  type AnyPlugin, arrayDataset, type Dataset, definePlugin, type Executor, type FitOptions, type ForwardContext, type HistoryRow, type Hooks, losses, memoryStore, nn, ops, optim,
  type ProgressEvent, type State, type Tensor, tensor, Trainer, type TrainerOptions, useBackend,
} from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { describe, expect, test, vi } from 'vitest';

const points = (size: number): Dataset => arrayDataset({
  inputs: Float32Array.from({ length: size * 2 }, (_, i) => Math.sin(i * 1.7) + ((i >> 1) % 2 === 0 ? 1 : -1)), shape: [2],
  labels: Array.from({ length: size }, (_, i) => i % 2), numClasses: 2,
});

/** NaN in chosen steps. */
class Poison extends nn.Module {
  readonly inner = new nn.Linear(2, 2);
  constructor(readonly steps: readonly number[] = []) { super(); }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const out = this.inner.forward(x, ctx);
    return ctx.mode === 'train' && this.steps.includes(ctx.step) ? ops.mul(out, Number.NaN) : out;
  }
}

const make = (options: Partial<TrainerOptions> = {}): Trainer => new Trainer({ model: new Poison(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.05, momentum: 0.9 }), seed: 1, ...options });

const plugin = (name: string, hooks: Hooks<State>): AnyPlugin =>
  definePlugin({ name, version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', hooks });

/** Sees values at every boundary, and reads none. */
const observer = plugin('observer', {
  stepStart: () => { ops.add(tensor([1]), 1); }, transformGrads: (grads) => grads, transformParams: (params) => params, stepEnd: (ctx) => { ops.mul(ctx.loss, ctx.applied); },
});
const logger = plugin('logger', { stepEnd: (ctx) => { ctx.log('loss', ctx.loss); ctx.log('whole', ops.cast(ctx.applied, 'int32') as typeof ctx.loss); } });

const untimed = (history: readonly HistoryRow[]): unknown => history.map(({ values: { seconds: _, ...values }, ...row }) => ({ ...row, values }));
const weights = async (trainer: Trainer): Promise<unknown> =>
  Promise.all(Object.entries(trainer.model.stateDict()).map(async ([path, x]) => [path, [...await x.data()]]));

/** Hears of the size of each read until it is told to stop. */
function listenTo(executor: Executor, hear: (size: number) => void): () => void {
  const read = executor.read.bind(executor);
  executor.read = (ref) => { hear(ref.size); return read(ref); };
  return () => { executor.read = read; };
}

describe.each(['webasm', 'cpu'] as const)('gpu.js in mode %s', (mode) => {
  const executor = gpuExecutor({ mode });

  /** Sizes of what a fit reads, and what it ends with. */
  async function fit(options: Partial<FitOptions> = {}, trainer: Trainer = make(), on: Executor = executor): Promise<{ reads: number[]; history: unknown; weights: unknown }> {
    await useBackend(on);
    const reads: number[] = [];
    const stop = listenTo(on, (size) => { reads.push(size); });
    const { history } = await trainer.fit({ train: points(120), epochs: 3, batchSize: 3, ...options }).finally(stop);
    return { reads, history: untimed(history), weights: await weights(trainer) };
  }

  describe('a fit reads', () => {
    test.each<[string, Partial<FitOptions>, Partial<TrainerOptions>]>([
      ['nobody listens', {}, {}],
      ['somebody listens to epochs', { onProgress: { epoch: () => {}, end: () => {} } }, {}],
      ['a plugin observes and reads nothing', {}, { plugins: [observer] }],
      ['steps are left out', {}, { model: new Poison([7, 50]), nonFinite: 'skip' }],
      ['batches are cut', {}, { accumulate: 3 }],
    ])('once an epoch where %s', async (_, options, more) => {
      const { reads } = await fit(options, make(more));
      // Of 40 steps the loss, whether it was applied, and the sum and count of the accuracy; three such for each microbatch's.
      expect(reads).toEqual(new Array(3).fill(40 * (2 + 2 * (more.accumulate ?? 1))));
    });

    test('once an epoch with what plugins log, whose means are in the history', async () => {
      const { reads, history } = await fit({}, make({ plugins: [logger] }));
      expect(reads).toEqual([240, 240, 240]);
      for (const { values } of history as HistoryRow[]) expect(values['logger/loss']).toBeCloseTo(values['loss'] as number, 6);
    });

    test('every 100 steps of a long epoch', async () => {
      expect((await fit({ train: points(250), epochs: 2, batchSize: 1 })).reads).toEqual([400, 400, 200, 400, 400, 200]);
    });

    test('earlier where more is logged than there is room for', async () => {
      const talker = plugin('talker', { stepEnd: (ctx) => { for (let k = 0; k < 300; k++) ctx.log(`${k}`, ops.add(ctx.loss, k) as typeof ctx.loss); } });
      const { reads, history } = await fit({ epochs: 1 }, make({ plugins: [talker] }));
      expect(reads.reduce((a, b) => a + b)).toBe(40 * 304);
      expect(Math.max(...reads)).toBe(1024);
      for (const { values } of history as HistoryRow[]) expect(values['talker/299']).toBeCloseTo((values['loss'] as number) + 299, 3);
    });

    test.each<[string, readonly AnyPlugin[]]>([['nothing', []], ['values', [logger]]])('once a step where somebody listens to steps and plugins log %s', async (_, plugins) => {
      const events: ProgressEvent[] = [];
      const { reads } = await fit({ onProgress: { step: (event) => { events.push(event); } } }, make({ plugins }));
      expect(reads).toEqual(new Array(120).fill(4 + 2 * plugins.length));
      expect(events.map((event) => event.kind === 'step' && event.step)).toEqual(Array.from({ length: 120 }, (__, i) => i + 1));
    });

    test('once in an evaluation of up to 100 batches', async () => {
      await useBackend(executor);
      const trainer = make();
      const reads: number[] = [];
      const stop = listenTo(executor, (size) => { reads.push(size); });
      const apart = await trainer.evaluate(points(120), { batchSize: 1 }).finally(stop);
      expect(reads).toEqual([400, 80]);
      expect((await trainer.evaluate(points(120))).loss).toBeCloseTo(apart.loss, 6);
    });

    test('in an evaluation and for a checkpoint only when they come', async () => {
      const at: number[] = [];
      const trainer = make({ plugins: [plugin('where', { stepStart: ({ step }) => { at.push(step); } })] });
      const before: number[] = [];
      await useBackend(executor);
      const stop = listenTo(executor, () => { before.push(at.length); });
      await trainer.fit({ train: points(120), validation: points(6), epochs: 3, batchSize: 3, checkpoint: { store: memoryStore(), everySteps: 20 } }).finally(stop);
      expect([...new Set(before)]).toEqual([0, 20, 40, 60, 80, 100, 120]);
    });
  });

  test('who listens, and when numbers are read, changes no bit', async () => {
    const options = (): Partial<TrainerOptions> => ({ model: new Poison([7, 50]), nonFinite: 'skip', plugins: [logger] });
    const [silent, heard] = [await fit({}, make(options())), await fit({ onProgress: () => {} }, make(options()))];
    const at = Object.defineProperty(gpuExecutor({ mode }), 'readInterval', { value: 1 });
    const always = await fit({}, make(options()), at);
    expect(always.reads).toHaveLength(120 * 6);
    for (const other of [heard, always]) expect([other.history, other.weights]).toEqual([silent.history, silent.weights]);
    expect((silent.history as HistoryRow[]).map(({ values }) => values['skippedSteps'])).toEqual([1, 1, undefined]);
  });

  test.each([['nobody listens', {}], ['somebody listens', { onProgress: () => {} }]])('the first step that is not finite is named, nothing after it is applied, and the last checkpoint stays, where %s', async (_, listen) => {
    const until = async (): Promise<unknown> => {
      const stopper = plugin('stopper', { stepEnd: ({ step, stop }) => { if (step === 49) stop('here'); } });
      return (await fit({}, make({ plugins: [stopper] }))).weights;
    };
    const store = memoryStore();
    const steps: number[] = [];
    const trainer = make({ model: new Poison([50, 53, 60]), plugins: [plugin('counter', { stepStart: ({ step }) => { steps.push(step); } })] });
    await expect(fit({ ...listen, checkpoint: { store, everySteps: 30 } }, trainer)).rejects.toThrow(expect.objectContaining({
      code: 'non-finite', message: expect.stringMatching(/^fit: at step 50 the loss is NaN.* Done before it: 50 steps, 1 whole epoch\. Kept: .*step-0*30\.safetensors/) as string,
    }) as Error);
    // With a checkpoint at step 60 the host learns of it then.
    expect(steps.at(-1)).toBe('onProgress' in listen ? 50 : 59);
    expect(await weights(trainer)).toEqual(await until());
    if (!('onProgress' in listen)) await expect(trainer.snapshot()).rejects.toThrow('snapshot: the fit failed in the middle of step');
  });

  test('a fit that goes on in the middle of an epoch has the history and the bits of one that was not interrupted', async () => {
    const options = (more: readonly AnyPlugin[] = []): Trainer => make({ model: new Poison([30]), nonFinite: 'skip', plugins: [logger, ...more] });
    const whole = await fit({}, options([plugin('quiet', {})]));
    for (const last of [24, 40, 73]) {
      const store = memoryStore();
      const abort = new AbortController();
      await fit({ checkpoint: { store }, signal: abort.signal }, options([plugin('quiet', { stepEnd: ({ step }) => { if (step === last) abort.abort(); } })]));
      const resumed = await fit({ checkpoint: { store }, resume: store }, options([plugin('quiet', {})]));
      expect([resumed.history, resumed.weights]).toEqual([whole.history, whole.weights]);
    }
  });

  test('bytes are the same after step 10 and step 1,000', async () => {
    const own = gpuExecutor({ mode });
    const seen: Record<number, number> = {};
    const watch = plugin('watch', { stepStart: ({ step }) => { if (step === 10 || step === 1000) seen[step] = own.bytes(); } });
    await fit({ epochs: 30 }, make({ plugins: [watch, logger] }), own);
    expect(seen[1000]).toBe(seen[10]);
    expect(seen[10]).toBeGreaterThan(0);
  });

  test('what it held is given back, after an error too', async () => {
    const own = gpuExecutor({ mode });
    await useBackend(own);
    const trainer = make({ plugins: [plugin('thrower', { transformGrads: (grads, { step }) => { if (step === 50) throw new Error('enough'); return grads; } })] });
    await expect(fit({}, trainer, own)).rejects.toThrow('enough');
    trainer.dispose();
    for (const x of Object.values(trainer.model.stateDict())) x.dispose();
    expect(own.bytes()).toBe(0);
  });
});

test('the host is at most two marks of four steps ahead of a device that it reads nothing from', async () => {
  const executor = gpuExecutor({ mode: 'cpu' });
  await useBackend(executor);
  const marks: (() => void)[] = [];
  let steps = 0;
  executor.caughtUp = () => new Promise<void>((resolve) => { marks.push(resolve); });
  const running = make({ plugins: [plugin('counter', { stepStart: () => { steps++; } })] }).fit({ train: points(120), epochs: 1, batchSize: 3 });
  for (let k = 0; k < 4; k++) {
    await vi.waitFor(() => { expect(marks).toHaveLength(k + 2); }, { timeout: 10_000 });
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    expect(steps).toBe(8 + 4 * k);
    marks[k]?.();
  }
  executor.caughtUp = async () => {};
  marks.forEach((resolve) => { resolve(); });
  await running;
  expect(steps).toBe(40);
});

test('on wasm every number is read when it is made: a fit stops at the step', async () => {
  await useBackend('wasm', { threads: 1 });
  const steps: number[] = [];
  const trainer = make({ model: new Poison([50]), plugins: [plugin('counter', { stepStart: ({ step }) => { steps.push(step); } })] });
  await expect(trainer.fit({ train: points(120), epochs: 3, batchSize: 3 })).rejects.toThrow('fit: at step 50 the loss is NaN');
  expect(steps.at(-1)).toBe(50);
});
