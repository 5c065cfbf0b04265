/** In a file of its own, since what earlier tests left to the collector would come into the counts. */
import { arrayDataset, losses, memory, nn, optim, Trainer, useBackend } from '@parsimony/core';
import { sample } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { augment, centerCrop, compose, mixup, pad, randomCrop, randomHorizontalFlip } from './index';

const onDevice = [randomCrop({ padding: 1 }), randomHorizontalFlip()];
const onHost = [...onDevice, pad({ padding: 1 }), centerCrop({ size: [4, 3] })];

test.each([['reference', onDevice], ['wasm', onDevice], ['wasm', onHost]])('live tensors and bytes are the same after step 10 and step 1,000, on %s', async (backend, transforms) => {
  await useBackend(backend);
  const data = arrayDataset({ inputs: Float32Array.from(sample(8 * 12, { seed: 2 })), shape: [1, 4, 3], labels: Int32Array.from({ length: 8 }, (_, i) => i % 2), numClasses: 2 });
  const trainer = new Trainer({
    model: new nn.Sequential(new nn.Flatten(), new nn.Linear(12, 2)), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.01 }), seed: 3,
    plugins: [mixup(), augment({ transform: compose(transforms) })],
  });
  const counts = new Map<number, ReturnType<typeof memory>>();
  await trainer.fit({ train: data, validation: data, epochs: 500, batchSize: 4, onProgress: (event) => { if (event.kind === 'step') counts.set(event.step, memory()); } });
  expect(counts.size).toBe(1000);
  expect(counts.get(1000)).toEqual(counts.get(10));
  trainer.dispose();
  for (const x of Object.values(trainer.model.stateDict())) x.dispose();
});
