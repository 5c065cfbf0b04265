/** mixup against CutMix against none on Fashion-MNIST. */
import { cutmix, mixup } from '@parsimony/augment';
import { drawRuns, type Results, runSettings, tableOf } from './mixing-runs';
import type { Study } from './study';

const settings = {
  none: () => [],
  'mixup 0.2': () => [mixup({ alpha: 0.2 })],
  'mixup 1': () => [mixup({ alpha: 1 })],
  'cutmix 1, half of the batches': () => [cutmix({ alpha: 1, prob: 0.5 })],
  'cutmix 1': () => [cutmix({ alpha: 1 })],
};

export const mixingStudy: Study<Results> = {
  name: 'mixing',
  question: 'What do mixup and CutMix gain on few images of clothes? Needs --data.',
  seeds: 3,
  run: (options) => runSettings(options, settings),
  draw: (results) => drawRuns('mixup and CutMix', results),
  table: tableOf,
};
