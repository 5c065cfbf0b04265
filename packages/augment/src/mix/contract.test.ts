import { arrayDataset, type Dataset, type Inputs, nn, type Outputs } from '@parsimony/core';
import { pluginContract, sample } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../../tooling/reference/check/backends';
import { cutmix, type CutmixOptions, fmix, manifoldMixup, mixup, mixupOrCutmix, type MixupOptions, type MixupOrCutmixOptions, mosaic, ricap } from './index';

/** Images of one bright quarter, of four classes. */
function images(size: number, seed: number, shape: readonly number[] = [1, 6, 6]): Dataset {
  const noise = sample(size * 36, { seed, low: 0, high: 0.5 });
  const bright = (label: number, i: number): boolean => Math.floor((i % 36) / 18) * 2 + Math.floor((i % 6) / 3) === label;
  return arrayDataset({
    inputs: Float32Array.from(noise, (v, i) => (bright(Math.floor(i / 36) % 4, i) ? 1 - v : v)), shape: [...shape],
    labels: Array.from({ length: size }, (_, i) => i % 4), numClasses: 4,
  });
}
const model = (): nn.Module<Inputs, Outputs> => new nn.Sequential(new nn.Flatten(), new nn.Linear(36, 8), new nn.Tanh(), new nn.Linear(8, 4)) as unknown as nn.Module<Inputs, Outputs>;
const onImages = { model, train: images(40, 1), validation: images(24, 2) };
const onFlat = { model, train: images(40, 1, [36]), validation: images(24, 2, [36]) };
const shape = [6, 6] as const;

onDevices(() => {
  const suite = (name: string, checks: readonly { readonly name: string; readonly run: () => void | Promise<void> }[]): void => {
    describe(name, () => { for (const { name: check, run } of checks) test(check, () => run()); });
  };
  suite('mixup', pluginContract<MixupOptions>({ plugin: mixup, options: { alpha: 0.4, prob: 0.8, mode: 'element', until: { fraction: 0.7 } }, zero: { alpha: 0 } }));
  suite('cutmix', pluginContract<CutmixOptions>({ plugin: cutmix, options: { alpha: 1, mode: 'pair' }, zero: { alpha: 0 }, ...onImages }));
  suite('cutmix by sides, flat', pluginContract<CutmixOptions>({ plugin: cutmix, options: { minmax: [0.2, 0.8], shape }, zero: { prob: 0 }, ...onFlat }));
  suite('mixupOrCutmix', pluginContract<MixupOrCutmixOptions>({ plugin: mixupOrCutmix, options: { mode: 'element', shape, until: { step: 5 } }, zero: { prob: 0 }, ...onFlat }));
  suite('fmix', pluginContract({ plugin: fmix, options: { decayPower: 2 }, zero: { alpha: 0 }, ...onImages }));
  suite('mosaic', pluginContract({ plugin: mosaic, options: { prob: 0.5, fill: 0.5, shape }, zero: { prob: 0 }, ...onFlat }));
  suite('ricap', pluginContract({ plugin: ricap, options: { beta: 1, until: { epoch: 1 } }, zero: { beta: 0 }, ...onImages }));
  suite('manifoldMixup', pluginContract({ plugin: manifoldMixup, options: { alpha: 1 }, zero: { alpha: 0 } }));
  suite('manifoldMixup in one layer', pluginContract({ plugin: manifoldMixup, options: { layers: ['1', '2'], mixInputs: false, prob: 0.9 }, zero: { prob: 0 }, ...onImages }));
});
