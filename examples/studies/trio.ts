/** CutMix, mixup and label smoothing together on Fashion-MNIST, against parts of the trio. */
import { mixupOrCutmix } from '@parsimony/augment';
import { labelSmoothing } from '@parsimony/label-smoothing';
import { drawRuns, type Results, runSettings, tableOf } from './mixing-runs';
import type { Study } from './study';

const settings = {
  none: () => [],
  'label smoothing': () => [labelSmoothing({ epsilon: 0.1 })],
  'mixup or cutmix': () => [mixupOrCutmix({ mixupAlpha: 0.2, cutmixAlpha: 1 })],
  trio: () => [mixupOrCutmix({ mixupAlpha: 0.2, cutmixAlpha: 1 }), labelSmoothing({ epsilon: 0.1 })],
  'trio, unmixed at the end': () => [mixupOrCutmix({ mixupAlpha: 0.2, cutmixAlpha: 1, until: { fraction: 0.75 } }), labelSmoothing({ epsilon: 0.1 })],
};

export const trioStudy: Study<Results> = {
  name: 'trio',
  question: 'What do CutMix, mixup and label smoothing gain together? Needs --data.',
  seeds: 3,
  run: (options) => runSettings(options, settings),
  draw: (results) => drawRuns('CutMix, mixup and label smoothing', results),
  table: tableOf,
};
