/** Every plugin that a configuration may take by name. A new one is a line here, and its row in docs/configuration.md. */
import type { AnyPlugin } from '@parsimony/core';
import { advisor } from '@parsimony/advisor';
import { augMix, augmentFromJson, cutmix, fmix, manifoldMixup, mixup, mixupOrCutmix, mosaic, ricap, specAugment } from '@parsimony/augment';
import { featureSwap, gaussianJitter, tabularMixup } from '@parsimony/augment/tabular';
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
import type { Layout } from './layout';

/** What an entry may take from the rest of the configuration, where a plugin does not say it. */
export interface EntryContext { readonly layout: Layout; readonly patience: number }

interface Entry {
  readonly from: string;
  /** Checks its options, and knows their defaults. */
  readonly make: (options: never) => AnyPlugin;
  readonly what: string;
  /** Defaults that depend on the configuration. */
  readonly fill?: (context: EntryContext) => object;
}

export const pluginTable = {
  weightDecay: { from: '@parsimony/weight-decay', make: weightDecay, what: 'decoupled weight decay' },
  l1: { from: '@parsimony/weight-decay', make: l1, what: 'L1, proximal for exact zeros' },
  l2: { from: '@parsimony/weight-decay', make: l2, what: 'L2, through the gradient' },
  elasticNet: { from: '@parsimony/weight-decay', make: elasticNet, what: 'L1 and L2 together' },
  l2sp: { from: '@parsimony/weight-decay', make: l2sp, what: 'L2 towards the weights at the start' },
  groupLasso: { from: '@parsimony/weight-decay', make: groupLasso, what: 'whole rows or columns of zeros' },
  maxNorm: { from: '@parsimony/weight-decay', make: maxNorm, what: 'a largest length of each unit\'s weights' },
  minMaxNorm: { from: '@parsimony/weight-decay', make: minMaxNorm, what: 'a least and a largest length' },
  unitNorm: { from: '@parsimony/weight-decay', make: unitNorm, what: 'weights of length 1' },
  nonNegative: { from: '@parsimony/weight-decay', make: nonNegative, what: 'weights of 0 or more' },
  orthogonalRegularization: { from: '@parsimony/weight-decay', make: orthogonalRegularization, what: 'soft orthogonality of the weights' },
  mixout: { from: '@parsimony/weight-decay', make: mixout, what: 'weights replaced by those at the start, at random' },
  activityRegularization: { from: '@parsimony/weight-decay', make: activityRegularization, what: 'a penalty on activations' },
  confidencePenalty: { from: '@parsimony/weight-decay', make: confidencePenalty, what: 'a penalty on low entropy of the outputs' },
  gradientPenalty: { from: '@parsimony/weight-decay', make: gradientPenalty, what: 'a penalty on gradients in the input' },
  jacobianPenalty: { from: '@parsimony/weight-decay', make: jacobianPenalty, what: 'a penalty on the Jacobian of the outputs' },
  clipByGlobalNorm: { from: '@parsimony/gradients', make: clipByGlobalNorm, what: 'clipping by the norm of all gradients' },
  clipByValue: { from: '@parsimony/gradients', make: clipByValue, what: 'clipping of each element' },
  adaptiveClip: { from: '@parsimony/gradients', make: adaptiveClip, what: 'clipping in proportion to each unit\'s weights' },
  centralization: { from: '@parsimony/gradients', make: centralization, what: 'gradients of each unit with mean 0' },
  gradientNoise: { from: '@parsimony/gradients', make: gradientNoise, what: 'Gaussian noise that falls with the steps' },
  sam: { from: '@parsimony/gradients', make: sam, what: 'sharpness-aware minimization' },
  asam: { from: '@parsimony/gradients', make: asam, what: 'the same, adaptive to the weights\' scale' },
  lookahead: { from: '@parsimony/gradients', make: lookahead, what: 'slow weights that follow the fast ones' },
  skipNonFinite: { from: '@parsimony/gradients', make: skipNonFinite, what: 'steps that are not finite left out' },
  labelSmoothing: { from: '@parsimony/label-smoothing', make: labelSmoothing, what: 'label smoothing' },
  distillation: { from: '@parsimony/distillation', make: distillation, what: 'learning from a trained network, see below' },
  rDrop: { from: '@parsimony/dropout', make: rDrop, what: 'two passes with masks of their own, made alike' },
  concreteDropoutTerms: { from: '@parsimony/dropout', make: concreteDropoutTerms, what: 'the terms of the `ConcreteDropout` in a network of one\'s own' },
  augment: {
    from: '@parsimony/augment', make: augmentFromJson, what: 'any transform of images, as JSON: shifts, flips, policies',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  augMix: {
    from: '@parsimony/augment', make: augMix, what: 'two changed views of each image, about which the network is to say the same',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  mixup: { from: '@parsimony/augment', make: mixup, what: 'samples mixed in pairs' },
  cutmix: {
    from: '@parsimony/augment', make: cutmix, what: 'boxes of other images pasted in',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  mixupOrCutmix: {
    from: '@parsimony/augment', make: mixupOrCutmix, what: 'one of the two, drawn anew each time',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  manifoldMixup: { from: '@parsimony/augment', make: manifoldMixup, what: 'what layers make of the samples, mixed in pairs' },
  fmix: {
    from: '@parsimony/augment', make: fmix, what: 'regions of other images, of any shape',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  mosaic: {
    from: '@parsimony/augment', make: mosaic, what: 'four images in one at half their size',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  ricap: {
    from: '@parsimony/augment', make: ricap, what: 'patches of four images in one',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  gaussianJitter: { from: '@parsimony/augment', make: gaussianJitter, what: 'noise on the columns of a table' },
  featureSwap: { from: '@parsimony/augment', make: featureSwap, what: 'values of a table exchanged for those of other rows' },
  tabularMixup: { from: '@parsimony/augment', make: tabularMixup, what: 'rows of a table mixed in pairs, with categories' },
  specAugment: {
    from: '@parsimony/augment', make: specAugment, what: 'spectrograms warped in time, with bands and frames masked',
    fill: ({ layout }) => (layout === 'flat' ? { shape: [28, 28] } : {}),
  },
  ema: { from: '@parsimony/ema', make: ema, what: 'an exponential moving average of the weights' },
  swa: { from: '@parsimony/ema', make: swa, what: 'the mean of the weights of the last part of a run' },
  earlyStopping: { from: '@parsimony/early-stopping', make: earlyStopping, what: 'an end when validation does not improve', fill: ({ patience }) => ({ patience }) },
  reduceOnPlateau: { from: '@parsimony/early-stopping', make: reduceOnPlateau, what: 'a lower rate when validation does not improve' },
  advisor: { from: '@parsimony/advisor', make: advisor, what: 'findings on what the history shows, while it trains' },
} as const satisfies Readonly<Record<string, Entry>>;

export type PluginName = keyof typeof pluginTable;
export const pluginNames = Object.keys(pluginTable) as readonly PluginName[];

/** Of a plugin's factory. */
export type OptionsOf<N extends PluginName> = NonNullable<Parameters<(typeof pluginTable)[N]['make']>[0]>;

/** A plugin from its name and options. */
export function makeEntry(name: PluginName, options: object, context: EntryContext): AnyPlugin {
  const entry: Entry = pluginTable[name];
  return entry.make({ ...entry.fill?.(context), ...options } as never);
}
