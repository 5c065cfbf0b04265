import { arrayDataset, type Dataset, type Inputs, nn, type Outputs } from '@parsimony/core';
import { pluginContract, sample } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { mixup, randomCrop } from './index';

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

  describe('randomCrop', () => {
    const settings = { plugin: randomCrop, options: { padding: 2 }, zero: { padding: 0 }, model, train: images(40, 1), validation: images(24, 2) };
    for (const { name, run } of pluginContract(settings)) test(name, () => run());
  });
});
