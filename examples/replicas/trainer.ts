/**
 * Makes the trainer, and does nothing else: every replica imports this module and calls its default export. `factory` tells them where
 * it is, and with what to call it.
 */
import { losses, nn, optim, Trainer } from '@parsimony/core';
import { SyncBatchNorm } from '@parsimony/norms';

export default function makeTrainer(learningRate: number): Trainer {
  return new Trainer({
    // Statistics over the batches of all replicas, so that two give the results of one.
    model: new nn.Sequential(new nn.Linear(2, 32, { bias: false }), new SyncBatchNorm(32), new nn.Tanh(), new nn.Linear(32, 2)),
    loss: losses.crossEntropy(), optimizer: optim.adam({ lr: learningRate }), seed: 7,
    factory: { module: import.meta.url, args: [learningRate] },
  });
}
