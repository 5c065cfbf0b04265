/** Every plugin of the repository, with strengths at which it does something within a few steps. */
import { type AnyPlugin, type nn } from '@parsimony/core';
import { mixup, randomCrop } from '@parsimony/augment';
import { distillation } from '@parsimony/distillation';
import { concreteDropoutTerms, rDrop } from '@parsimony/dropout';
import { earlyStopping, reduceOnPlateau } from '@parsimony/early-stopping';
import { ema } from '@parsimony/ema';
import { clipByGlobalNorm, clipByValue } from '@parsimony/gradients';
import { labelSmoothing } from '@parsimony/label-smoothing';
import { l1, l2, maxNorm, weightDecay } from '@parsimony/weight-decay';

/** By the name of the factory. Distillation needs a teacher with weights. */
export const pluginsByName: Readonly<Record<string, (teacher: nn.Module) => AnyPlugin>> = {
  weightDecay: () => weightDecay({ decay: 0.1 }),
  l1: () => l1({ lambda: 1e-3 }),
  l2: () => l2({ lambda: 1e-2 }),
  maxNorm: () => maxNorm({ max: 0.5 }),
  clipByGlobalNorm: () => clipByGlobalNorm({ maxNorm: 0.5 }),
  clipByValue: () => clipByValue({ clipValue: 0.01 }),
  randomCrop: () => randomCrop({ padding: 2, shape: [28, 28] }),
  mixup: () => mixup({ alpha: 0.4 }),
  labelSmoothing: () => labelSmoothing({ epsilon: 0.1 }),
  distillation: (teacher) => distillation({ teacher, alpha: 0.5, temperature: 2 }),
  rDrop: () => rDrop({ alpha: 2 }),
  concreteDropoutTerms: () => concreteDropoutTerms({ lengthScale: 1 }),
  ema: () => ema({ decay: 0.9 }),
  earlyStopping: () => earlyStopping({ patience: 50 }),
  reduceOnPlateau: () => reduceOnPlateau({ patience: 0, factor: 0.5 }),
};
