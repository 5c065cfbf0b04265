/** The plugin: the same on every executor, by way of the device and of the host. */
import { arrayDataset, type Batch, definePlugin, losses, nn, optim, schedules, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { sample } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { augment, augmentFromJson, compose, elasticTransform, functional, pad, pixels, randomAffine, randomCrop, randomHorizontalFlip, randomRotation, type Transform } from './index';

// Values that float32 and float64 hold alike.
const inputs = Float32Array.from(sample(16 * 32, { seed: 2 }), (v) => Math.round(v * 256) / 256);
const images = arrayDataset({ inputs, shape: [2, 4, 4], labels: Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });

/** Batches as the model gets them. */
async function batches(backend: string, transform: Transform, accumulate = 1): Promise<number[][]> {
  await useBackend(backend);
  const seen: number[][] = [];
  const probe = definePlugin({
    name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['batch.inputs'] }, batchSemantics: 'per-sample',
    hooks: { transformBatch: { order: 'post', handler: async (batch: Batch) => { seen.push([...await (batch.inputs as Tensor).data()]); return undefined; } } },
  });
  const trainer = new Trainer({
    model: new nn.Sequential(new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(2, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, accumulate,
    plugins: [augment({ transform }), probe],
  });
  await trainer.fit({ train: images, epochs: 2, batchSize: 8 });
  trainer.dispose();
  return seen;
}

const onDevice = compose([randomCrop({ padding: schedules.linear({ start: 0, end: 3 }), fill: [0.25, 0.5] }), randomHorizontalFlip()]);
const onHost = compose([onDevice, pad({ padding: 1, paddingMode: 'reflect' }), randomRotation({ degrees: 90 }), elasticTransform({ alpha: 5, sigma: 1, interpolation: 'nearest' })]);

test.each([['device', onDevice], ['host', onHost]])('the same bits on every executor, by way of the %s', async (way, transform) => {
  expect(transform.applyToTensor !== undefined).toBe(way === 'device');
  const expected = await batches('wasm', transform);
  expect(expected).toHaveLength(4);
  for (const backend of [...techniqueBackends, 'gpu cpu']) expect(await batches(backend, transform), backend).toEqual(expected);
  // Drawn before a step is split.
  expect(await batches('wasm', transform, 2)).toEqual(expected);
});

test('a draw is of the step and the place: the host and the device draw the same', async () => {
  const { applyToTensor: _, ...host } = onDevice;
  expect(await batches('wasm', host)).toEqual(await batches('wasm', onDevice));
});

test('schedules follow the run', async () => {
  const whole = await batches('wasm', randomAffine({ degrees: 0 }));
  const shifted = await batches('wasm', onDevice);
  const sorted = (values: readonly number[] = []): number[] => [...values].sort((a, b) => a - b);
  // No padding in the first step: the flip alone keeps every value.
  expect(sorted(shifted[0])).toEqual(sorted(whole[0]));
  expect(sorted(shifted[3])).not.toEqual(sorted(whole[3]));
});

test('is recorded as JSON, and made again from it', () => {
  const options = { transform: JSON.parse(JSON.stringify(onHost)) as { name: string } };
  expect(augmentFromJson(options).options).toEqual({ transform: onHost.toJSON() });
  expect(augment({ transform: onHost }).options).toEqual(augmentFromJson(options).options);
});

test('errors', async () => {
  expect(() => augment({ transform: { name: 'RandomCrop' } as never })).toThrow('augment: `transform` must be a transform, received {"name":"RandomCrop"}. Make one of JSON with `parseTransform`.');
  expect(() => augment({ transform: randomCrop as never })).toThrow('Call the factory: `randomCrop()`.');
  expect(() => augment({ transform: onHost, shapes: [1] } as never)).toThrow('augment: unknown option `shapes`. Did you mean `shape`?');
  expect(() => augmentFromJson({ transform: 3 as never })).toThrow('augment: `transform` must be a transform, received 3.');
  expect(() => augmentFromJson({ transform: { name: 'RandomCrop', pading: 1 } })).toThrow('parseTransform: RandomCrop: unknown option `pading`. Did you mean `padding`?');
  await expect(batches('wasm', randomCrop({ fill: [1, 2, 3], padding: 1 }))).rejects.toThrow('RandomCrop: `fill` must be a number or one for each of 2 channels, received [1,2,3].');
  expect(() => functional.pad(pixels(new Uint8Array(1), { channels: 1, height: 1, width: 1 }), 1, { fill: 300 })).toThrow('pad: `fill` must be in [0, 255] for images of bytes, received 300.');
});
