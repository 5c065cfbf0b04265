/** The plugins of each run. Strengths are common defaults, and early stopping looks at validation alone: nothing sees the test images. */
import type { AnyPlugin } from '@parsimony/core';
import { mixup, randomCrop } from '@parsimony/augment';
import { earlyStopping } from '@parsimony/early-stopping';
import { ema } from '@parsimony/ema';
import { weightDecay } from '@parsimony/weight-decay';
import type { ModelName, RunName, TrainConfig } from './config';
import { layoutOf } from './models';

export function pluginsOf(model: ModelName, run: RunName, config: TrainConfig): readonly AnyPlugin[] {
  if (run === 'plain') return [];
  return [
    weightDecay({ decay: 1e-2 }),
    randomCrop({ padding: 2, ...(layoutOf(model) === 'flat' ? { shape: [28, 28] } : {}) }),
    mixup({ alpha: 0.2 }),
    ema({ decay: 0.99 }),
    earlyStopping({ patience: config.patience }),
  ];
}
