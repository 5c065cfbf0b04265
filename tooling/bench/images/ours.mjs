// Ours: one process of main.mjs, which gives the folder of the images and which transforms.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '@parsimony/core';
import {
  applyToBatch, augMixPolicy, autoAugment, colorJitter, compose, drawFor, elasticTransform, gaussianBlur, pad, randAugment, randomAdjustSharpness, randomAffine, randomAutocontrast, randomCrop,
  randomEqualize, randomErasing, randomGrayscale, randomHorizontalFlip, randomInvert, randomPerspective, randomPosterize, randomResizedCrop, randomRotation, randomSolarize, randomVerticalFlip, resize,
  trivialAugmentWide,
} from '@parsimony/augment/image';
import { report } from '../measure.mjs';

const [folder = '', only = ''] = process.argv.slice(2);
const jitter = colorJitter({ brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.05 });
const affine = randomAffine({ degrees: 30, translate: [0.1, 0.1], scale: [0.8, 1.2], shear: 10, interpolation: 'bilinear' });

/** @param {number} side @returns {Record<string, import('@parsimony/augment/image').Transform>} */
const transforms = (side) => ({
  'crop, flip': compose([randomCrop({ size: side, padding: side / 8 }), randomHorizontalFlip()]),
  'crop, flip, colour jitter': compose([randomCrop({ size: side, padding: side / 8 }), randomHorizontalFlip(), jitter]),
  'crop of mirrored padding': randomCrop({ size: side, padding: side / 8, paddingMode: 'reflect' }),
  pad: pad({ padding: side / 8 }),
  'horizontal flip': randomHorizontalFlip({ p: 1 }),
  'vertical flip': randomVerticalFlip({ p: 1 }),
  'resized crop': randomResizedCrop({ size: side, antialias: false }),
  'resize to 3/4, nearest': resize({ size: side * 3 / 4, interpolation: 'nearest' }),
  'resize to 3/4, bilinear': resize({ size: side * 3 / 4, antialias: false }),
  'resize to 3/4, antialiased': resize({ size: side * 3 / 4 }),
  'resize to 3/4, bicubic': resize({ size: side * 3 / 4, interpolation: 'bicubic', antialias: false }),
  rotation: randomRotation({ degrees: 30 }),
  'affine, bilinear': affine,
  perspective: randomPerspective({ p: 1 }),
  elastic: elasticTransform(),
  'colour jitter': jitter,
  grey: randomGrayscale({ p: 1 }),
  invert: randomInvert({ p: 1 }),
  posterize: randomPosterize({ bits: 4, p: 1 }),
  solarize: randomSolarize({ threshold: 128, p: 1 }),
  autocontrast: randomAutocontrast({ p: 1 }),
  equalize: randomEqualize({ p: 1 }),
  sharpen: randomAdjustSharpness({ sharpnessFactor: 2, p: 1 }),
  'Gaussian blur of 5': gaussianBlur({ kernelSize: 5 }),
  'random erasing': randomErasing({ p: 1 }),
  RandAugment: randAugment(),
  'AutoAugment of CIFAR-10': autoAugment({ policy: 'cifar10' }),
  TrivialAugment: trivialAugmentWide(),
  AugMix: augMixPolicy(),
});

const processor = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };

/** Of the processor, the median of windows of some 10 ms, after a warm-up of as many as make 0.1 s. */
function seconds(/** @type {() => unknown} */ step) {
  const times = [];
  for (const start = processor(); times.length < 5 || processor() < start + 0.4;) {
    const [before, wall] = [processor(), performance.now()];
    let count = 0;
    do { step(); count++; } while (performance.now() < wall + 10);
    if (before > start + 0.1) times.push((processor() - before) / count);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? NaN;
}

/** @type {Record<string, number>} */
const rates = {};
for (const side of [32, 224]) {
  const data = new Uint8Array(readFileSync(join(folder, `${side}.bin`)));
  const size = { channels: 3, height: side, width: side };
  const count = data.length / (3 * side * side);
  for (const [name, transform] of Object.entries(transforms(side))) {
    if (!`${name}, ${side}`.match(only)) continue;
    const to = transform.outputSize(size);
    const into = new Uint8Array(count * 3 * to.height * to.width);
    let step = 0;
    rates[`${name}, ${side}`] = count / seconds(() => applyToBatch(transform, { data, count, ...size }, drawFor(transform, random.key(step++), count, size), into));
  }
}
report(rates);
