import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleForNode } from '../../../../../tooling/vitest/bundle.ts';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Batch, batches, type BatchContext, losses, memory, nn, optim, random, ready, Trainer } from '@parsimony/core';
import { centerCrop, colorJitter, compose, drawFor, functional as F, imageDataset, type ImageDataset, type ImageDatasetOptions, normalize, randAugment, randomCrop, randomErasing, randomHorizontalFlip, randomResizedCrop, applyToBatch } from '..';

beforeAll(async () => { await ready(); });

const N = 23;
const size = { channels: 3, height: 9, width: 8 };
const stride = 3 * 9 * 8;
const bytes = Uint8Array.from({ length: N * stride }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
const labels = Array.from({ length: N }, (_, i) => i % 4);
const policy = compose([randomCrop({ padding: 2 }), randomHorizontalFlip(), colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }), randomErasing({ p: 0.5 })]);

const open: ImageDataset[] = [];
const data = (options: Partial<ImageDatasetOptions> = {}): ImageDataset => {
  const made = imageDataset({ images: bytes, shape: [3, 9, 8], labels, numClasses: 4, transform: policy, ...options });
  open.push(made);
  return made;
};
afterEach(async () => { await Promise.all(open.splice(0).map((one) => one.close())); });

const context = (step = 3): BatchContext => ({ key: random.at(random.key(9), { step }), step, epoch: 0, totalSteps: 10 });
const valuesOf = async (batch: Batch | Promise<Batch>): Promise<Float32Array> => {
  const { inputs, target, ids } = await batch;
  const out = await (inputs as { data(): Promise<Float32Array> }).data();
  for (const x of [inputs, ids, target.kind === 'index' ? target.labels : ids]) (x as { dispose(): void }).dispose();
  return out;
};
const float = (of: ArrayLike<number>): Float32Array => Float32Array.from(of, (v) => v / 255);

describe('imageDataset', () => {
  test.each([0, 1, 2, 3])('with %i workers: each image by the draw of its id', async (workers) => {
    const ids = Int32Array.of(5, 0, 22, 7, 5);
    const drawn = drawFor(policy, context().key, ids, size, context());
    const rows = new Uint8Array(ids.length * stride);
    ids.forEach((id, i) => { rows.set(bytes.subarray(id * stride, (id + 1) * stride), i * stride); });
    const expected = applyToBatch(policy, { data: rows, count: ids.length, ...size }, drawn);
    const made = data({ workers });
    const batch = await made.batch(ids, context());
    expect(await batch.inputs.data()).toEqual(float(expected.data));
    expect(batch.inputs.shape).toEqual([5, 3, 9, 8]);
    expect([await batch.ids.array(), batch.target.kind === 'index' && await batch.target.labels.array(), batch.size]).toEqual([[...ids], [1, 0, 2, 3, 1], 5]);
    // The same sample twice in a batch is drawn twice; another step draws otherwise.
    expect((await batch.inputs.data()).subarray(0, stride)).not.toEqual((await batch.inputs.data()).subarray(4 * stride));
    expect(await valuesOf(made.batch(ids, context(4)))).not.toEqual(await batch.inputs.data());
  });
  test.each([0, 2])('evaluation is by evalTransform, or as they are, with %i workers', async (workers) => {
    expect(await valuesOf(data({ workers }).batch(Int32Array.of(3, 1)))).toEqual(float([...bytes.subarray(3 * stride, 4 * stride), ...bytes.subarray(stride, 2 * stride)]));
    const cropped = data({ workers, evalTransform: centerCrop({ size: 4 }), transform: randomResizedCrop({ size: 4 }) });
    expect(cropped.shape).toEqual([3, 4, 4]);
    const image = { data: bytes.subarray(3 * stride, 4 * stride), ...size };
    expect(await valuesOf(cropped.batch(Int32Array.of(3)))).toEqual(float(F.centerCrop(image, 4, 4).data));
  });
  test.each([0, 2])('normalizes in the last pass, as F.normalize does, with %i workers', async (workers) => {
    const [mean, std] = [[0.1, 0.2, 0.3], [0.5, 0.25, 2]];
    const plain = { data: bytes.subarray(0, stride), ...size };
    expect(await valuesOf(data({ workers, normalize: { mean, std } }).batch(Int32Array.of(0)))).toEqual(F.normalize(plain, mean, std).data);
    const floats = { data: float(plain.data), ...size };
    const made = imageDataset({ images: floats.data, shape: [3, 9, 8], labels: [1], numClasses: 2, normalize: { mean, std }, workers });
    open.push(made);
    expect(await valuesOf(made.batch(Int32Array.of(0)))).toEqual(F.normalize(floats, mean, std).data);
    // A transform that makes floats of bytes is as good.
    expect(await valuesOf(data({ workers, transform: normalize({ mean, std }) }).batch(Int32Array.of(0), context()))).toEqual(F.normalize(plain, mean, std).data);
  });
  test('takes grey images, and targets of every kind', async () => {
    const made = imageDataset({ images: bytes.subarray(0, 24), shape: [4, 3], values: Float32Array.of(1, 2) });
    const batch = await made.batch(Int32Array.of(1));
    expect([batch.inputs.shape, batch.target.kind === 'value' && await batch.target.values.array()]).toEqual([[1, 1, 4, 3], [2]]);
  });

  const trainer = (): Trainer => new Trainer({
    model: new nn.Sequential(new nn.Flatten(), new nn.Linear(stride, 4)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.05 }), seed: 3,
  });
  const weights = async (of: Trainer): Promise<number[]> => (await Promise.all(Object.values(of.model.parameters()).map(async (x) => [...await x.data()]))).flat();
  test('a fit has the same bits with any workers and any lead, and when it resumes', async () => {
    const fit = async (options: Partial<ImageDatasetOptions>, stop?: number): Promise<number[]> => {
      const train = data(options);
      const first = trainer();
      const control = new AbortController();
      await first.fit({ train, validation: data(), epochs: 3, batchSize: 5, signal: control.signal, onProgress: (event) => { if (event.kind === 'step' && event.step === stop) control.abort(); } });
      if (stop === undefined) return weights(first);
      const second = trainer();
      await second.fit({ train, epochs: 3, batchSize: 5, validation: data(), resume: await first.snapshot() });
      return weights(second);
    };
    const whole = await fit({});
    for (const [workers, ahead] of [[0, 3], [1, 0], [1, 2], [2, 0], [2, 4]] as const) expect(await fit({ workers, ahead })).toEqual(whole);
    for (const stop of [1, 4, 5, 9, 13]) expect(await fit({ workers: 2, ahead: 3 }, stop)).toEqual(whole);
  }, 60_000);
  test('options that are schedules follow the run, in workers too', async () => {
    const transform = randomHorizontalFlip({ p: { schedule: 'linear', start: 0, end: 1 } });
    const at = (workers: number, step: number): Promise<Float32Array> => valuesOf(data({ transform, workers }).batch(Int32Array.from({ length: N }, (_, i) => i), { ...context(), step }));
    for (const step of [0, 5, 9]) expect(await at(1, step)).toEqual(await at(0, step));
    expect(await at(1, 0)).toEqual(float(bytes));
    expect(await at(1, 9)).not.toEqual(float(bytes));
  });
  test('policies of many parts go through workers', async () => {
    const transform = randAugment();
    const ids = Int32Array.from({ length: N }, (_, i) => i);
    expect(await valuesOf(data({ transform, workers: 2 }).batch(ids, context()))).toEqual(await valuesOf(data({ transform }).batch(ids, context())));
  });
  test('memory is the same after many batches, and after a stop', async () => {
    const train = data({ workers: 2, ahead: 3 });
    const before = memory();
    for (let epoch = 0; epoch < 20; epoch++) {
      for await (const batch of batches(train, { batchSize: 5, key: random.key(1), epoch })) if (epoch % 2 === 1 && batch.size > 0) break;
    }
    expect(memory()).toEqual(before);
  });
});

describe('transforms of one\'s own', () => {
  const module = new URL('./testing/own-transform.mjs', import.meta.url);
  test('run in workers by the module that makes them', async () => {
    const { default: make } = await import(module.href) as { default(by: number): { transform: ImageDatasetOptions['transform'] } };
    const options = { transform: make(7).transform!, workers: 2, factory: { module, args: [7] } };
    const ids = Int32Array.of(2, 1, 0);
    expect(await valuesOf(data(options).batch(ids, context()))).toEqual(await valuesOf(data({ transform: options.transform }).batch(ids, context())));
    await expect(data({ ...options, factory: { module, args: [8] } }).batch(ids, context())).rejects.toThrow('imageDataset: `transform` is {"name":"Brighter","by":7} on the main thread, and the worker\'s is {"name":"Brighter","by":8}. Let `factory` make the same.');
    await expect(data({ ...options, factory: new URL('./testing/none.mjs', module) }).batch(ids, context())).rejects.toThrow('none.mjs');
    await expect(data({ transform: options.transform, workers: 1 }).batch(ids, context())).rejects.toThrow(/workers make transforms of their JSON.*unknown transform "Brighter".*needs `factory`/s);
  });
  test.each([0, 2])('that throw are told of with the sample, at its batch, with %i workers', async (workers) => {
    const { default: make } = await import(module.href) as { default(by: number, at: number): { transform: ImageDatasetOptions['transform'] } };
    const brightest = bytes[17 * stride] as number;
    const train = data({ transform: make(1, brightest).transform!, workers, ahead: 4, factory: { module, args: [1, brightest] } });
    const sizes: number[] = [];
    const before = memory();
    const go = async (): Promise<void> => { for await (const batch of batches(train, { batchSize: 5, key: random.key(1), shuffle: false })) sizes.push(batch.size); };
    const first = Math.floor(Array.from({ length: N }, (_, i) => bytes[i * stride]).indexOf(brightest));
    await expect(go()).rejects.toThrow(`imageDataset: sample ${first}: too bright: ${brightest}`);
    expect(sizes).toEqual(Array.from({ length: Math.floor(first / 5) }, () => 5));
    expect(memory()).toEqual(before);
    // The data set is as good as before.
    await expect(valuesOf(train.batch(Int32Array.of(first), undefined))).resolves.toHaveLength(stride);
  });
  test('a worker that dies is named, and another one takes its place', async () => {
    const { default: make } = await import(module.href) as { default(by: number, at: number, die: number): { transform: ImageDatasetOptions['transform'] } };
    const train = data({ transform: make(1, -1, bytes[4 * stride] as number).transform!, workers: 2, factory: { module, args: [1, -1, bytes[4 * stride] as number] } });
    await expect(train.batch(Int32Array.of(1, 4), context())).rejects.toThrow(/imageDataset: worker 2 of 2 ended unexpectedly: exit code 3\. The next batch starts new ones/);
    expect((await valuesOf(train.batch(Int32Array.of(1, 2), context()))).length).toBe(2 * stride);
  });
});

describe('close', () => {
  test('ends what is being made; a later batch starts anew', async () => {
    const made = data({ workers: 1 });
    const batch = Promise.resolve(made.batch(Int32Array.of(1), context()));
    const told = batch.then(() => 'made', (error: Error) => error.message);
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    await made.close();
    expect(await told).toBe('imageDataset: it was closed while a batch was being made.');
    expect(await valuesOf(made.batch(Int32Array.of(1), context()))).toEqual(await valuesOf(data().batch(Int32Array.of(1), context())));
    await made.close();
    await made.close();
  });
  test('a process ends without it, having had all batches', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parsimony-images-'));
    try {
      const program = await bundleForNode(fileURLToPath(new URL('./testing/no-close.ts', import.meta.url)), folder, 'no-close');
      const { stdout, stderr, status, signal } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 25_000 });
      expect({ stdout, stderr, status, signal }).toEqual({ stdout: 'all 8 batches\n', stderr: '', status: 0, signal: null });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('refuses', () => {
  const valid: ImageDatasetOptions = { images: bytes, shape: [3, 9, 8], labels, numClasses: 4 };
  test.each<[string, object, string]>([
    ['an unknown option', { worker: 2 }, 'unknown option `worker`. Did you mean `workers`?'],
    ['images of another type', { images: [1, 2] }, '`images` must be a Uint8Array (0 to 255) or a Float32Array (0 to 1), received [1,2].'],
    ['no images', { images: new Uint8Array(0) }, '`images` must hold one or more whole images of 216 values, received 0 values.'],
    ['part of an image', { images: bytes.subarray(1) }, '`images` must hold one or more whole images of 216 values'],
    ['floats that are not finite', { images: new Float32Array(216).fill(Number.NaN), labels: [0] }, 'pixels must be finite, received NaN at 0.'],
    ['a shape of one side', { shape: [9] }, '`shape` must be [C, H, W] or [H, W] of one image, received [9].'],
    ['a side of 0', { shape: [3, 0, 8] }, '`shape[1]` must be a whole number in [1, inf), received 0.'],
    ['too few labels', { labels: [0] }, '`labels` must have 23 elements for 23 samples, received 1.'],
    ['no target', { labels: undefined, numClasses: undefined }, 'expected exactly one of `labels`, `targets` and `values`, received none.'],
    ['what is no transform', { transform: 3 }, '`transform` must be a transform, received 3.'],
    ['an image too small for its transform', { transform: centerCrop }, '`transform` must be a transform'],
    ['half a worker', { workers: 0.5 }, '`workers` must be a whole number in [0, 64], received 0.5.'],
    ['to be behind', { ahead: -1 }, '`ahead` must be a whole number in [0, 1024], received -1.'],
    ['two means of three channels', { normalize: { mean: [0, 0], std: 1 } }, '`normalize.mean` must be a number, or one for each of 3 channels, received [0,0].'],
    ['a deviation of 0', { normalize: { mean: 0, std: 0 } }, '`std` must not be 0.'],
    ['a deviation by another name', { normalize: { mean: 0, sd: 1 } }, 'unknown option `sd`.'],
    ['a path for a factory', { factory: './here.js' }, '`factory` must be the address of a module, such as `import.meta.url`, received "./here.js".'],
    ['a number for an address', { workerUrl: 3 }, '`workerUrl` must be an address, received 3.'],
  ])('%s', (_, change, message) => { expect(() => imageDataset({ ...valid, ...change } as ImageDatasetOptions)).toThrow(message); });
  test('a sample that is not there', () => {
    expect(() => imageDataset(valid).batch(Int32Array.of(23))).toThrow('imageDataset: sample 23 does not exist; the data set has 23.');
  });
});
