/**
 * The demo's two networks train in the browser in both modes of graphics hardware, to the loss curve of wasm, with batches of
 * other sizes first and last; then nothing more is compiled and no memory of the device is taken.
 */
import { type AnyPlugin, arrayDataset, type Dataset, type Executor, losses, nn, optim, Trainer, useBackend } from '@parsimony/core';
import { mixup } from '@parsimony/augment';
import { gpuExecutor } from '@parsimony/core/gpu';
import { ema } from '@parsimony/ema';
import { clipByGlobalNorm } from '@parsimony/gradients';
import { labelSmoothing } from '@parsimony/label-smoothing';
import { weightDecay } from '@parsimony/weight-decay';
import { afterAll, describe, expect, test } from 'vitest';
import { buildModel, type ModelName } from '../../apps/cli/src/train/models';

/** Ten classes, each with a bright square in a place of its own, over noise that depends on the pixel alone. */
function images(count: number, model: ModelName): Dataset {
  const pixel = (image: number, row: number, column: number): number => {
    const label = image % 10;
    const inside = Math.floor(row / 6) === Math.floor(label / 4) && Math.floor(column / 7) === label % 4;
    const noise = Math.sin(image * 12.9898 + row * 78.233 + column * 37.719) * 43758.5453;
    return (inside ? 0.7 : 0) + 0.3 * (noise - Math.floor(noise));
  };
  return arrayDataset({
    inputs: Float32Array.from({ length: count * 784 }, (_, i) => pixel(Math.floor(i / 784), Math.floor((i % 784) / 28), i % 28)),
    shape: model === 'mlp' ? [784] : [1, 28, 28], labels: Array.from({ length: count }, (_, i) => i % 10), numClasses: 10,
  });
}

interface Curve { readonly losses: readonly number[]; readonly accuracy: number | undefined }

/** 20 images in batches of 8, 8 and 4, twice: software rendering is slow. */
async function fit(backend: Executor | string, model: ModelName, regularized: boolean): Promise<Curve> {
  await useBackend(backend);
  const steps: number[] = [];
  const plugins: AnyPlugin[] = regularized ? [weightDecay({ decay: 1e-2 }), mixup({ alpha: 0.2 }), labelSmoothing({ epsilon: 0.1 }), clipByGlobalNorm({ maxNorm: 1 }), ema({ decay: 0.9 })] : [];
  const trainer = new Trainer({ model: buildModel(model, regularized, 10), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed: 7, plugins });
  await trainer.fit({
    train: images(20, model), validation: images(10, model), epochs: 2, batchSize: 8,
    onProgress: (event) => { if (event.kind === 'step') steps.push(event.loss); },
  });
  return { losses: steps, accuracy: (await trainer.evaluate(images(10, model))).accuracy };
}

const expected = new Map<string, Promise<Curve>>();
const onWasm = (model: ModelName, regularized: boolean): Promise<Curve> => {
  const key = `${model} ${regularized}`;
  const curve = expected.get(key) ?? fit('wasm', model, regularized);
  expected.set(key, curve);
  return curve;
};

describe.each(['webgl2', 'webgpu'] as const)('mode %s', (mode) => {
  const compiled: string[] = [];
  const executor = gpuExecutor({ mode, strict: true, onCompile: ({ kernel }) => { compiled.push(kernel); } });
  afterAll(() => executor.dispose());

  // Sums in another order differ by 1e-7 of themselves in each step, and steps of Adam, which divides by small numbers, enlarge that.
  test.each([['mlp', false], ['mlp', true], ['cnn', false], ['cnn', true]] as const)('%s, regularized %s: the curve of wasm within 1e-3', async (model, regularized) => {
    const wasm = await onWasm(model, regularized);
    const gpu = await fit(executor, model, regularized);
    const worst = Math.max(...gpu.losses.map((loss, k) => Math.abs(loss - (wasm.losses[k] ?? Number.NaN)) / (1 + Math.abs(loss))));
    expect(gpu.losses).toHaveLength(6);
    expect(compiled.length).toBeGreaterThan(10);
    expect(worst).toBeLessThan(1e-3);
    expect(gpu.accuracy).toBe(wasm.accuracy);
    expect(gpu.losses[5]).toBeLessThan(gpu.losses[0] ?? 0);
  });

  test('1,000 steps: no device memory and no kernel is added after the first 20, nor by a last batch of another size', async () => {
    await useBackend(executor);
    const bytes: number[] = [];
    const kernels: number[] = [];
    const model = new nn.Sequential(new nn.Linear(6, 8), new nn.ReLU(), new nn.Linear(8, 3));
    const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed: 3 });
    const train = arrayDataset({ inputs: Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)), shape: [6], labels: Array.from({ length: 10 }, (_, i) => i % 3), numClasses: 3 });
    await trainer.fit({
      train, epochs: 334, batchSize: 4,
      onProgress: (event) => {
        if (event.kind !== 'step') return;
        bytes.push(executor.deviceBytes());
        kernels.push(compiled.length);
      },
    });
    expect(bytes).toHaveLength(1002);
    expect(Math.max(...bytes)).toBe(Math.max(...bytes.slice(0, 20)));
    expect(kernels[1001]).toBe(kernels[20]);
  });
});
