/** Transforms of images: none, flips and crops, and a full policy, on Fashion-MNIST. */
import { augment, compose, randomCrop, randomErasing, randomHorizontalFlip, type Transform, trivialAugmentWide } from '@parsimony/augment';
import { drawRuns, type Results, runSettings, type Settings, tableOf } from './mixing-runs';
import { pointOf, type Study } from './study';

// A flip keeps the class of clothes; 2 of 28 pixels are a padding of the usual size.
const flipsAndCrops = (): Transform[] => [randomCrop({ padding: 2 }), randomHorizontalFlip()];

const settings: Settings = {
  none: () => [],
  'flips and crops': () => [augment({ transform: compose(flipsAndCrops()) })],
  // As torchvision trains on ImageNet.
  'full policy': () => [augment({ transform: compose([...flipsAndCrops(), trivialAugmentWide(), randomErasing({ p: 0.1 })]) })],
};

export const augmentationStudy: Study<Results> = {
  name: 'augmentation',
  question: 'What do flips, crops and a full policy gain on few images of clothes? Needs --data.',
  seeds: 3,
  run: (options) => runSettings(options, settings, 300),
  draw: (results) => drawRuns('Augmentation', results, [0.4, 0.8, 1.2, 1.6, 2]),
  table: (results) => tableOf(results).map((row, i) => [...row.slice(0, 3), i === 0 ? 'gap, points' : gapOf(results, row[0] ?? ''), ...row.slice(3)]),
};

/** Training images as they are, against others. */
function gapOf({ runs }: Results, setting: string): string {
  const gap = pointOf(0, runs.filter((run) => run.setting === setting).map((run) => run.trainAccuracy - (run.accuracy.at(-1) ?? Number.NaN)));
  return (100 * gap.y).toFixed(1);
}
