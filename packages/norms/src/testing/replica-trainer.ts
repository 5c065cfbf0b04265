/** Makes the trainers whose fits on replicas are tested, in this thread and in the others. */
import { losses, nn, optim, Trainer, type TrainerOptions } from '@parsimony/core';
import { BatchNorm2d } from '../batch-norm-modules';
import { SyncBatchNorm } from '../sync-batch-norm';

export interface ReplicaCase {
  readonly norm: 'sync' | 'batch' | 'none';
  readonly accumulate?: number;
  /** One plain step of rate 1, which shows the gradients. */
  readonly bare?: boolean;
}

/** `module`: where this module is, as the other threads find it. */
export default function makeTrainer(what: ReplicaCase, module?: string, more: Partial<TrainerOptions> = {}): Trainer {
  const norm = (channels: number, options = {}): nn.Module => (what.norm === 'sync' ? new SyncBatchNorm(channels, options)
    : what.norm === 'batch' ? new BatchNorm2d(channels, options) : new nn.Identity());
  const model = new nn.Sequential(
    new nn.Conv2d(2, 4, 3, { bias: what.norm === 'none' }), norm(4), new nn.ReLU(), new nn.Conv2d(4, 3, 2, { bias: what.norm === 'none' }), norm(3, { momentum: null }), new nn.Tanh(), new nn.Flatten(), new nn.Linear(12, 3));
  return new Trainer({
    model, loss: losses.crossEntropy({ weight: [1, 4, 0.5], ignoreIndex: -100 }), optimizer: what.bare ? optim.sgd({ lr: 1 }) : optim.adam({ lr: 0.02 }), seed: 5,
    accumulate: what.accumulate ?? 1, ...(module === undefined ? {} : { factory: { module, args: [{ ...what }] } }), ...more,
  });
}
