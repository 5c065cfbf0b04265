/**
 * Training in mode webgpu: the loss curve of wasm within 1e-3, first and last batches of other sizes, nothing compiled and no
 * device memory taken after the first epochs.
 */
import { arrayDataset, type Dataset, type Executor, type ForwardContext, losses, memoryStore, nn, ops, optim, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { acquire, release } from './devices/webgpu/context';
import { withoutWebGpu } from './devices/webgpu/testing';

const missing = await withoutWebGpu();

/** Three classes, each with a bright place of its own. */
function images(count: number, shape: readonly number[]): Dataset {
  const size = shape.reduce((a, b) => a * b, 1);
  return arrayDataset({
    inputs: Float32Array.from({ length: count * size }, (_, i) => Math.sin(i * 12.9898 + Math.sin(i) * 78.233) * 0.5 + (i % size % 3 === Math.floor(i / size) % 3 ? 0.5 : 0)),
    shape: [...shape], labels: Array.from({ length: count }, (_, i) => i % 3), numClasses: 3,
  });
}

/** Its masks are drawn on the device, in both passes. */
class Dropout extends nn.Module {
  protected compute(x: Tensor, ctx: ForwardContext): Tensor { return ctx.mode === 'train' ? ops.dropout(x, 0.3, ctx.key()) : x; }
}

const mlp = (): nn.Sequential => new nn.Sequential(new nn.Linear(12, 32), new nn.ReLU(), new Dropout(), new nn.Linear(32, 3));
const cnn = (): nn.Sequential => new nn.Sequential(
  new nn.Conv2d(1, 4, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(64, 3));

describe.skipIf(missing !== undefined)(`training in mode webgpu${missing === undefined ? '' : `, skipped: ${missing}`}`, () => {
  const compiled: string[] = [];
  const executor = gpuExecutor({ mode: 'webgpu', strict: true, onCompile: ({ kernel }) => { compiled.push(kernel); } });
  afterAll(() => executor.dispose());

  const curve = async (backend: Executor | string, model: () => nn.Sequential, shape: readonly number[], optimizer: optim.Optimizer): Promise<readonly number[]> => {
    await useBackend(backend);
    const steps: number[] = [];
    const trainer = new Trainer({ model: model(), loss: losses.crossEntropy(), optimizer, seed: 3 });
    // 44 = 16 + 16 + 12: the last batch is smaller.
    await trainer.fit({
      train: images(44, shape), validation: images(10, shape), epochs: 10, batchSize: 16,
      onProgress: (event) => { if (event.kind === 'step') steps.push(event.loss); },
    });
    return steps;
  };

  test.each([
    ['an MLP with dropout, AdamW', mlp, [12], optim.adamw({ lr: 1e-2 })],
    ['a CNN, SGD with momentum', cnn, [1, 8, 8], optim.sgd({ lr: 0.05, momentum: 0.9 })],
  ] as const)('%s: the curve of wasm', async (_, model, shape, optimizer) => {
    const expected = await curve('wasm', model, shape, optimizer);
    const actual = await curve(executor, model, shape, optimizer);
    expect(actual).toHaveLength(30);
    expect(actual[29]).toBeLessThan((actual[0] as number) * 0.7);
    const worst = Math.max(...actual.map((loss, k) => Math.abs(loss - (expected[k] as number)) / (1 + Math.abs(expected[k] as number))));
    expect(worst).toBeLessThan(1e-3);
  }, 180_000);

  test('1,000 steps: no device memory and no kernel is added after the first 20', async () => {
    await useBackend(executor);
    const bytes: number[] = [];
    const kernels: number[] = [];
    const trainer = new Trainer({ model: mlp(), loss: losses.crossEntropy(), optimizer: optim.adamw({ lr: 1e-3 }), seed: 3 });
    await trainer.fit({
      train: images(40, [12]), validation: images(10, [12]), epochs: 334, batchSize: 16,
      onProgress: (event) => {
        if (event.kind !== 'step') return;
        bytes.push(executor.deviceBytes());
        kernels.push(compiled.length);
      },
    });
    expect(bytes.length).toBeGreaterThan(1000);
    expect(Math.max(...bytes)).toBe(Math.max(...bytes.slice(0, 20)));
    expect(kernels[kernels.length - 1]).toBe(kernels[20]);
  }, 300_000);

  test('nobody listens: the history of a fit that somebody listens to, with one read an epoch', async () => {
    await useBackend(executor);
    const fit = async (listen: object): Promise<unknown> => {
      const trainer = new Trainer({ model: mlp(), loss: losses.crossEntropy(), optimizer: optim.adamw({ lr: 1e-2 }), seed: 3 });
      const { history } = await trainer.fit({ train: images(200, [12]), epochs: 3, batchSize: 16, ...listen });
      return history.map(({ values: { seconds: _, ...values } }) => values);
    };
    const heard = await fit({ onProgress: () => {} });
    const read = vi.spyOn(executor, 'read');
    const silent = await fit({});
    expect(read).toHaveBeenCalledTimes(3);
    read.mockRestore();
    expect(silent).toEqual(heard);
  }, 120_000);

  test('nobody listens: a loss that is not finite still ends the fit and is named, and nothing after it is applied', async () => {
    await useBackend(executor);
    class Poison extends nn.Module {
      readonly inner = new nn.Linear(12, 3);
      constructor(readonly at: number | undefined) { super(); }
      protected compute(x: Tensor, ctx: ForwardContext): Tensor { return ctx.mode === 'train' && ctx.step === this.at ? ops.div(this.inner.forward(x, ctx), 0) : this.inner.forward(x, ctx); }
    }
    const make = (at?: number): Trainer => new Trainer({ model: new Poison(at), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3 });
    const run = { train: images(64, [12]), batchSize: 16, shuffle: false };
    const poisoned = make(4);
    await expect(poisoned.fit({ ...run, epochs: 3 })).rejects.toThrow(/^fit: at step 4 the loss is (NaN|Infinity)/);
    const good = make();
    await good.fit({ ...run, epochs: 1 });
    const weights = async (trainer: Trainer): Promise<unknown> => Promise.all(Object.values(trainer.model.stateDict()).map((x) => x.data()));
    expect(await weights(poisoned)).toEqual(await weights(good));
  }, 120_000);

  // Last: backends of a page share gpu.js's device.
  test('a device lost in the middle: the fit fails saying so, and goes on from its checkpoint on a new one', async () => {
    const store = memoryStore();
    const run = { train: images(40, [12]), epochs: 6, batchSize: 10 };
    const trainer = (): Trainer => new Trainer({ model: mlp(), loss: losses.crossEntropy(), optimizer: optim.adamw({ lr: 1e-2 }), seed: 3 });
    const whole = gpuExecutor({ mode: 'webgpu' });
    await useBackend(whole);
    const expected = (await trainer().fit(run)).history;
    await whole.dispose();

    const lost = gpuExecutor({ mode: 'webgpu' });
    await useBackend(lost);
    const context = await acquire();
    const broken = trainer().fit({
      ...run, checkpoint: { store, everySteps: 1 },
      onProgress: (event) => { if (event.kind === 'step' && event.step === 13) context.device.destroy(); },
    });
    await expect(broken).rejects.toThrow(/the device was lost.*resume the fit from its last checkpoint/);
    await release(context);
    await lost.dispose();

    const next = gpuExecutor({ mode: 'webgpu' });
    await useBackend(next);
    const steps: number[] = [];
    const { history } = await trainer().fit({ ...run, resume: store, onProgress: (event) => { if (event.kind === 'step') steps.push(event.step); } });
    expect(steps[0]).toBeGreaterThan(10);
    expect(history).toHaveLength(6);
    history.forEach((row, k) => expect(row.values.loss).toBeCloseTo(expected[k]?.values.loss as number, 5));
    await next.dispose();
  }, 180_000);
});
