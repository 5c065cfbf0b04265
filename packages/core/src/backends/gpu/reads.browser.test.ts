/** What a fit reads in the browser's modes of graphics hardware, where reads come late; and a context that is lost between two of them. */
import { type AnyPlugin, arrayDataset, definePlugin, type Executor, type FitOptions, type ForwardContext, type HistoryRow, losses, memoryStore, nn, ops, optim, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { afterAll, describe, expect, test } from 'vitest';

const train = arrayDataset({
  inputs: Float32Array.from({ length: 240 }, (_, i) => Math.sin(i * 1.7) + ((i >> 1) % 2 === 0 ? 1 : -1)), shape: [2],
  labels: Array.from({ length: 120 }, (_, i) => i % 2), numClasses: 2,
});

/** Overflows in chosen steps: shaders need not know NaN. */
class Poison extends nn.Module {
  readonly inner = new nn.Linear(2, 2);
  constructor(readonly steps: readonly number[]) { super(); }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const out = this.inner.forward(x, ctx);
    return ctx.mode === 'train' && this.steps.includes(ctx.step) ? ops.mul(out, Number.POSITIVE_INFINITY) : out;
  }
}

/** Told of each step before it begins. */
const watcher = (see: (step: number) => void): AnyPlugin =>
  definePlugin({ name: 'watcher', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', hooks: { stepStart: ({ step }) => { see(step); } } });

interface Run { readonly poisoned?: readonly number[]; readonly nonFinite?: 'stop' | 'skip'; readonly see?: (step: number) => void; readonly options?: Partial<FitOptions> }

/** Sizes of what 3 epochs of 40 steps read, and what they end with. */
async function fit(executor: Executor, { poisoned = [], nonFinite = 'stop', see = () => {}, options = {} }: Run = {}): Promise<{ reads: number[]; history: unknown; weights: unknown }> {
  await useBackend(executor);
  const reads: number[] = [];
  const read = executor.read.bind(executor);
  executor.read = (ref) => { reads.push(ref.size); return read(ref); };
  const trainer = new Trainer({ model: new Poison(poisoned), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.05, momentum: 0.9 }), seed: 1, nonFinite, plugins: [watcher(see)] });
  const { history } = await trainer.fit({ train, epochs: 3, batchSize: 3, ...options }).finally(() => { executor.read = read; });
  const untimed = history.map(({ values: { seconds: _, ...values } }: HistoryRow) => values);
  return { reads, history: untimed, weights: await Promise.all(Object.values(trainer.model.stateDict()).map((x) => x.data())) };
}

describe.each(['webgl2', 'webgpu'] as const)('mode %s', (mode) => {
  const executor = gpuExecutor({ mode, strict: true });
  afterAll(() => executor.dispose());

  test('one read an epoch where nobody listens, one a step where somebody does, with the same history and weights', async () => {
    const run = { poisoned: [7, 50], nonFinite: 'skip' } as const;
    const [silent, heard] = [await fit(executor, run), await fit(executor, { ...run, options: { onProgress: () => {} } })];
    expect(silent.reads).toEqual([160, 160, 160]);
    expect(heard.reads).toEqual(new Array(120).fill(4));
    expect([heard.history, heard.weights]).toEqual([silent.history, silent.weights]);
    expect((silent.history as HistoryRow['values'][]).map(({ skippedSteps }) => skippedSteps)).toEqual([1, 1, undefined]);
  });

  test.each<[string, Partial<FitOptions>]>([['nobody listens', {}], ['somebody listens', { onProgress: () => {} }]])('the first step that is not finite is named, and its checkpoint goes on as if there were none, where %s', async (_, listen) => {
    const store = memoryStore();
    const broken = fit(executor, { poisoned: [50, 53], options: { ...listen, checkpoint: { store, everySteps: 30 } } });
    await expect(broken).rejects.toThrow(/^fit: at step 50 the loss is .* Done before it: 50 steps, 1 whole epoch\. Kept: .*step-0*30\.safetensors/);
    const [mended, whole] = [await fit(executor, { options: { resume: store } }), await fit(executor)];
    expect([mended.history, mended.weights]).toEqual([whole.history, whole.weights]);
  });
});

describe('a WebGL context that is lost between two reads', () => {
  /** An executor, and its context, which nothing but the canvas gives away. */
  async function open(): Promise<{ executor: ReturnType<typeof gpuExecutor>; lose: () => void }> {
    const { getContext } = OffscreenCanvas.prototype;
    let found: WebGL2RenderingContext | undefined;
    OffscreenCanvas.prototype.getContext = function intercept(this: OffscreenCanvas, ...args: Parameters<typeof getContext>) {
      const made = getContext.apply(this, args);
      if (made instanceof WebGL2RenderingContext) found = made;
      return made;
    } as typeof getContext;
    const executor = gpuExecutor({ mode: 'webgl2' });
    await executor.ready().finally(() => { OffscreenCanvas.prototype.getContext = getContext; });
    return { executor, lose: () => { found?.getExtension('WEBGL_lose_context')?.loseContext(); } };
  }

  test.each([[17, {}], [50, {}], [50, { onProgress: () => {} }]] as const)('in step %i: the fit says so soon, and goes on from its checkpoint on a new one, listeners %o', async (lost, listen) => {
    const { executor, lose } = await open();
    const store = memoryStore();
    let last = 0;
    const see = (step: number): void => {
      last = step;
      if (step === lost) lose();
    };
    const broken = fit(executor, { see, options: { ...listen, checkpoint: { store, everySteps: 10 } } });
    await expect(broken).rejects.toThrow(/WebGL context was lost.*resume the fit from its last checkpoint/);
    expect(last).toBeLessThanOrEqual(lost + 12);
    await executor.dispose();
    const { executor: next } = await open();
    const [resumed, whole] = [await fit(next, { options: { resume: store } }), await fit(next)];
    expect([resumed.history, resumed.weights]).toEqual([whole.history, whole.weights]);
    await next.dispose();
  });
});
