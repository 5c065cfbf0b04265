/** Trainings that the modes of the gpu executor run in Node, fed by workers: the losses of wasm. */
import { losses, nn, optim, Trainer, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { expect, test } from 'vitest';
import { compose, imageDataset, randomCrop, randomHorizontalFlip } from '..';

async function fit(workers: number): Promise<number[]> {
  const train = imageDataset({
    images: Uint8Array.from({ length: 24 * 64 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24), shape: [8, 8], labels: Array.from({ length: 24 }, (_, i) => i % 3), numClasses: 3,
    transform: compose([randomCrop({ padding: 1 }), randomHorizontalFlip()]), normalize: { mean: 0.5, std: 0.25 }, workers,
  });
  try {
    const trainer = new Trainer({ model: new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 3)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.02 }), seed: 2 });
    const { history } = await trainer.fit({ train, validation: train, epochs: 2, batchSize: 8 });
    trainer.dispose();
    return history.flatMap(({ values }) => [values['loss'] as number, values['validationLoss'] as number]);
  } finally {
    await train.close();
  }
}

test.each(['webasm', 'cpu'] as const)('%s', async (mode) => {
  await useBackend('wasm', { threads: 1 });
  const expected = await fit(2);
  await useBackend(gpuExecutor({ mode }));
  const alone = await fit(0);
  expect(await fit(2)).toEqual(alone);
  alone.forEach((loss, i) => { expect(loss).toBeCloseTo(expected[i] as number, 4); });
});
