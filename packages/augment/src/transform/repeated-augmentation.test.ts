import { arrayDataset, type Batch, definePlugin, losses, nn, optim, random, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { beforeAll, expect, test } from 'vitest';
import { augment, imageDataset, randomCrop, repeatedAugmentation } from '../image';

beforeAll(() => useBackend('wasm', { threads: 1 }));

const images = arrayDataset({ inputs: Float32Array.from({ length: 12 * 16 }, (_, i) => (i * 37) % 101), shape: [1, 4, 4], labels: Array.from({ length: 12 }, (_, i) => i % 2), numClasses: 2 });

test('in a fit each sample of a batch is drawn several times, each time anew; epochs go through the samples', async () => {
  const seen: { readonly ids: number[]; readonly rows: string[] }[] = [];
  const probe = definePlugin({
    name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['batch.inputs'] }, batchSemantics: 'per-sample',
    hooks: {
      transformBatch: {
        order: 'post',
        handler: async (batch: Batch) => {
          const values = Array.from(await (batch.inputs as Tensor).data());
          seen.push({ ids: Array.from(await batch.ids.data()), rows: Array.from({ length: batch.size }, (_, i) => values.slice(16 * i, 16 * i + 16).join()) });
          return undefined;
        },
      },
    },
  });
  const trainer = new Trainer({
    model: new nn.Sequential(new nn.Flatten(), new nn.Linear(16, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.01 }), seed: 3,
    plugins: [augment({ transform: randomCrop({ padding: 3 }) }), probe],
  });
  await trainer.fit({ train: repeatedAugmentation(images, { repeats: 4 }), epochs: 6, batchSize: 8 });
  expect(seen).toHaveLength(12);
  for (const { ids, rows } of seen) {
    expect(ids.every((id, i) => id === ids[i - (i % 4)])).toBe(true);
    // Of 49 places each: that all four are alike happens once in 49^3.
    for (let i = 0; i < rows.length; i += 4) expect(new Set(rows.slice(i, i + 4)).size).toBeGreaterThan(1);
  }
  expect(new Set(seen.flatMap(({ ids }) => ids)).size).toBe(12);
});

test('errors', () => {
  expect(() => repeatedAugmentation(images, { repeats: 1 })).toThrow('repeatedAugmentation: `repeats` must be a whole number in [2, inf), received 1.');
  expect(() => repeatedAugmentation(3 as never)).toThrow('repeatedAugmentation: `dataset` must be a data set, received 3.');
});

test('has images of a data set that draws by itself drawn anew each time', async () => {
  const bytes = imageDataset({ images: Uint8Array.from({ length: 4 * 64 }, (_, i) => i), shape: [8, 8], values: new Float32Array(4), transform: randomCrop({ padding: 3 }), ahead: 2 });
  const repeated = repeatedAugmentation(bytes, { repeats: 4 });
  const { inputs, ids } = await repeated.batch(Int32Array.of(2, 1, 3, 0), { key: random.key(1), step: 0, epoch: 0, totalSteps: 1 });
  expect([repeated.ahead, await ids.array()]).toEqual([2, [2, 2, 2, 2]]);
  const rows = await (inputs as Tensor).array() as number[][][][];
  expect(new Set(rows.map((row) => row.join())).size).toBeGreaterThan(1);
});
