/** Every plugin of the repository, with strengths at which it does something within a few steps. */
import { type AnyPlugin, type nn, type Tensor, tensor } from '@parsimony/core';
import { advisor } from '@parsimony/advisor';
import { augMix, augment, compose, cutmix, fmix, manifoldMixup, mixup, mixupOrCutmix, mosaic, randomCrop, randomHorizontalFlip, ricap, specAugment } from '@parsimony/augment';
import { featureSwap, gaussianJitter, tabularMixup } from '@parsimony/augment/tabular';
import { randomSwap, textAugmentation } from '@parsimony/augment/text';
import { distillation } from '@parsimony/distillation';
import { concreteDropoutTerms, rDrop } from '@parsimony/dropout';
import { earlyStopping, reduceOnPlateau } from '@parsimony/early-stopping';
import { ema, swa } from '@parsimony/ema';
import { adaptiveClip, asam, centralization, clipByGlobalNorm, clipByValue, gradientNoise, lookahead, sam, skipNonFinite } from '@parsimony/gradients';
import { labelSmoothing } from '@parsimony/label-smoothing';
import {
  activityRegularization, confidencePenalty, elasticNet, gradientPenalty, groupLasso, jacobianPenalty, l1, l2, l2sp, maxNorm, minMaxNorm, mixout, nonNegative,
  orthogonalRegularization, unitNorm, weightDecay,
} from '@parsimony/weight-decay';

/** A text for each of the images that a pair is trained on, and as many numbers of each as an image has. */
const texts = Array.from({ length: 96 }, (_, i) => `text ${i} of ${96 - i} words`);
const encode = (some: readonly string[]): Tensor => tensor(Float32Array.from({ length: some.length * 784 }, (_, i) => {
  const text = some[Math.floor(i / 784)] as string;
  return text.charCodeAt(i % text.length) / 128;
}), [some.length, 784]);

/** By the name of the factory. Distillation needs a teacher with weights. */
export const pluginsByName: Readonly<Record<string, (teacher: nn.Module) => AnyPlugin>> = {
  weightDecay: () => weightDecay({ decay: 0.1 }),
  l1: () => l1({ lambda: 1e-3 }),
  l2: () => l2({ lambda: 1e-2 }),
  elasticNet: () => elasticNet({ l1: 1e-3, l2: 1e-2 }),
  l2sp: () => l2sp({ alpha: 0.1 }),
  groupLasso: () => groupLasso({ lambda: 1e-2 }),
  maxNorm: () => maxNorm({ max: 0.5 }),
  minMaxNorm: () => minMaxNorm({ min: 0.1, max: 0.5 }),
  unitNorm: () => unitNorm(),
  nonNegative: () => nonNegative({ exclude: ['5.**'] }),
  orthogonalRegularization: () => orthogonalRegularization({ lambda: 1e-3 }),
  mixout: () => mixout({ p: 0.3 }),
  activityRegularization: () => activityRegularization({ match: '1', l1: 1e-3 }),
  confidencePenalty: () => confidencePenalty({ beta: 0.1 }),
  gradientPenalty: () => gradientPenalty({ lambda: 0.1 }),
  jacobianPenalty: () => jacobianPenalty({ lambda: 0.1 }),
  clipByGlobalNorm: () => clipByGlobalNorm({ maxNorm: 0.5 }),
  clipByValue: () => clipByValue({ clipValue: 0.01 }),
  adaptiveClip: () => adaptiveClip({ clipping: 0.02 }),
  centralization: () => centralization(),
  gradientNoise: () => gradientNoise({ eta: 1e-4 }),
  sam: () => sam({ rho: 0.05 }),
  asam: () => asam({ rho: 0.5 }),
  lookahead: () => lookahead({ k: 2 }),
  skipNonFinite: () => skipNonFinite({ maxConsecutive: 3 }),
  augment: () => augment({ transform: compose([randomCrop({ padding: 2 }), randomHorizontalFlip()]), shape: [28, 28] }),
  augMix: () => augMix({ weight: 2, shape: [28, 28] }),
  mixup: () => mixup({ alpha: 0.4 }),
  cutmix: () => cutmix({ shape: [28, 28] }),
  mixupOrCutmix: () => mixupOrCutmix({ shape: [28, 28], mode: 'pair' }),
  manifoldMixup: () => manifoldMixup({ layers: ['1', '4'] }),
  fmix: () => fmix({ shape: [28, 28] }),
  mosaic: () => mosaic({ prob: 0.5, shape: [28, 28] }),
  ricap: () => ricap({ shape: [28, 28] }),
  specAugment: () => specAugment({ timeWarp: 3, maxFrequencyWidth: 6, maxTimeWidth: 6, shape: [28, 28] }),
  textAugmentation: () => textAugmentation({ texts, encode, transform: randomSwap({ alpha: 0.5 }) }),
  gaussianJitter: () => gaussianJitter({ std: 0.1 }),
  featureSwap: () => featureSwap({ p: 0.15 }),
  tabularMixup: () => tabularMixup({ columns: 784, alpha: 0.4 }),
  labelSmoothing: () => labelSmoothing({ epsilon: 0.1 }),
  distillation: (teacher) => distillation({ teacher, alpha: 0.5, temperature: 2 }),
  rDrop: () => rDrop({ alpha: 2 }),
  concreteDropoutTerms: () => concreteDropoutTerms({ lengthScale: 1 }),
  ema: () => ema({ decay: 0.9 }),
  swa: () => swa({ startStep: 1, everySteps: 2 }),
  earlyStopping: () => earlyStopping({ patience: 50 }),
  reduceOnPlateau: () => reduceOnPlateau({ patience: 0, factor: 0.5 }),
  advisor: () => advisor(),
};
