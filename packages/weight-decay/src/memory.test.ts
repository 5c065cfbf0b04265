/** In a file of its own, since what earlier tests left to the collector would come into the counts. */
import { arrayDataset, losses, memory, nn, optim, Trainer, useBackend } from '@parsimony/core';
import { sample } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import {
  activityRegularization, confidencePenalty, elasticNet, gradientPenalty, groupLasso, jacobianPenalty, l1, l2, l2sp, maxNorm, minMaxNorm, mixout, nonNegative, orthogonalRegularization, unitNorm, weightDecay,
} from './index';

const sets = { 'weight decay': () => [weightDecay()], 'all penalties': () => [l2(), l1(), maxNorm()], 'proximal': () => [l1({ proximal: true })],
  'elastic net, group lasso, least and largest lengths': () => [elasticNet({ proximal: true }), groupLasso(), nonNegative(), minMaxNorm({ min: 0.1 })],
  'start of fine-tuning': () => [l2sp(), mixout(), orthogonalRegularization(), unitNorm()],
  'penalties in the loss': () => [activityRegularization({ match: '1', l1: 1e-3, l2: 1e-3 }), confidencePenalty(), jacobianPenalty(), gradientPenalty()],
};
const cases = ['reference', 'wasm'].flatMap((backend) => Object.entries(sets).map(([what, plugins]) => [backend, what, plugins] as const));

test.each(cases)('live tensors and bytes are the same after step 10 and step 1,000, on %s with %s', async (backend, _, plugins) => {
  await useBackend(backend);
  const data = arrayDataset({ inputs: Float32Array.from(sample(8 * 12, { seed: 2 })), shape: [1, 4, 3], labels: Int32Array.from({ length: 8 }, (_, i) => i % 2), numClasses: 2 });
  const trainer = new Trainer({
    model: new nn.Sequential(new nn.Flatten(), new nn.Linear(12, 2)), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.01 }), seed: 3,
    plugins: plugins(),
  });
  const counts = new Map<number, ReturnType<typeof memory>>();
  await trainer.fit({ train: data, validation: data, epochs: 500, batchSize: 4, onProgress: (event) => { if (event.kind === 'step') counts.set(event.step, memory()); } });
  expect(counts.size).toBe(1000);
  expect(counts.get(1000)).toEqual(counts.get(10));
  trainer.dispose();
  for (const x of Object.values(trainer.model.stateDict())) x.dispose();
});
