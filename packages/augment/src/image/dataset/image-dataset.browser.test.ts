/** Workers of a page, from a Blob and from an address, with the executors that a page has. */
import { batches, losses, nn, optim, random, Trainer, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { afterEach, expect, test } from 'vitest';
import { colorJitter, compose, imageDataset, type ImageDataset, imageWorkerSource, randomCrop, randomHorizontalFlip, randomSolarize } from '..';

const N = 40;
const bytes = Uint8Array.from({ length: N * 3 * 16 * 16 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
const open: ImageDataset[] = [];
const data = (workers: number, more: object = {}): ImageDataset => {
  const made = imageDataset({
    images: bytes, shape: [3, 16, 16], labels: Array.from({ length: N }, (_, i) => i % 3), numClasses: 3, workers,
    transform: compose([randomCrop({ padding: 2 }), randomHorizontalFlip(), colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })]), ...more,
  });
  open.push(made);
  return made;
};
afterEach(async () => { await Promise.all(open.splice(0).map((one) => one.close())); });

async function epoch(of: ImageDataset): Promise<number[]> {
  const out: number[] = [];
  for await (const { inputs } of batches(of, { batchSize: 16, key: random.key(5) })) out.push(...await (inputs as { data(): Promise<Float32Array> }).data());
  return out;
}

test('workers give the bits of the main thread', async () => {
  await useBackend('wasm', { threads: 1 });
  const alone = await epoch(data(0));
  expect(await epoch(data(1))).toEqual(alone);
  expect(await epoch(data(2, { ahead: 4 }))).toEqual(alone);
  const workerUrl = URL.createObjectURL(new Blob([await imageWorkerSource()], { type: 'text/javascript' }));
  expect(await epoch(data(2, { workerUrl }))).toEqual(alone);
});

test.each(['webgl2', 'webgpu'] as const)('they feed a training on %s', async (mode) => {
  await useBackend(gpuExecutor({ mode }));
  const alone = await fit(data(0));
  expect(await fit(data(2, { ahead: 3 }))).toEqual(alone);
  await useBackend('wasm', { threads: 1 });
  const wasm = await fit(data(2));
  alone.forEach((loss, i) => { expect(loss).toBeCloseTo(wasm[i] as number, 3); });
});

async function fit(train: ImageDataset): Promise<number[]> {
  const trainer = new Trainer({
    model: new nn.Sequential(new nn.Conv2d(3, 8, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(8 * 14 * 14, 3)),
    loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.02 }), seed: 2,
  });
  const { history } = await trainer.fit({ train, epochs: 2, batchSize: 10 });
  trainer.dispose();
  return history.map(({ values }) => values['loss'] as number);
}

test('a worker that cannot be loaded is told of', async () => {
  await useBackend('wasm', { threads: 1 });
  await expect(epoch(data(1, { transform: randomSolarize({ threshold: 128 }), workerUrl: URL.createObjectURL(new Blob(['this is no script'])) }))).rejects.toThrow(/imageDataset: worker 1 of 1 ended unexpectedly/);
});
