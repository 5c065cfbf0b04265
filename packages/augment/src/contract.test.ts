import { arrayDataset, type Dataset, type Inputs, nn, type Outputs } from '@parsimony/core';
import { pluginContract, sample } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { augmentFromJson, mixup, type TransformJson } from './index';

/** Images of one bright quarter, of four classes. */
function images(size: number, seed: number): Dataset {
  const noise = sample(size * 36, { seed, low: 0, high: 0.5 });
  const bright = (label: number, i: number): boolean => Math.floor((i % 36) / 18) * 2 + Math.floor((i % 6) / 3) === label;
  return arrayDataset({
    inputs: Float32Array.from(noise, (v, i) => (bright(Math.floor(i / 36) % 4, i) ? 1 - v : v)), shape: [1, 6, 6],
    labels: Array.from({ length: size }, (_, i) => i % 4), numClasses: 4,
  });
}

const model = (): nn.Module<Inputs, Outputs> => new nn.Sequential(new nn.Flatten(), new nn.Linear(36, 8), new nn.Tanh(), new nn.Linear(8, 4)) as unknown as nn.Module<Inputs, Outputs>;

onDevices(() => {
  describe('mixup', () => {
    for (const { name, run } of pluginContract({ plugin: mixup, options: { alpha: 0.4 }, zero: { alpha: 0 } })) test(name, () => run());
  });

  const flips = { name: 'RandomVerticalFlip', p: 0.5 };
  // On the device, and by way of the host: a centre crop after padding is the image again.
  describe.each<[string, TransformJson[], TransformJson[]]>([
    ['crops and flips', [{ name: 'RandomCrop', padding: 2 }, flips], [{ name: 'RandomCrop', padding: 0 }, { ...flips, p: 0 }]],
    ['by way of the host', [flips, { name: 'Pad', padding: 1 }, { name: 'RandomCrop', size: 6 }], [{ name: 'Pad', padding: 1 }, { name: 'CenterCrop', size: 6 }]],
  ])('augment: %s', (_, transforms, nothing) => {
    const [options, zero] = [transforms, nothing].map((list) => ({ transform: { name: 'Compose', transforms: list } }));
    const settings = { plugin: augmentFromJson, options: options as never, zero: zero as never, model, train: images(40, 1), validation: images(24, 2) };
    for (const { name, run } of pluginContract<Parameters<typeof augmentFromJson>[0]>(settings)) test(name, () => run());
  });
});
