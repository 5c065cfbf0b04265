/** A random part of each image, brought to a size. */
import { checkOptions } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkRange, checkSides } from '../../transform/options';
import type { Size, Transform } from '../../transform/transform';
import { type BoxOptions, checkBoxOptions } from '../shapes';
import { checkInterpolation, type InterpolationOptions, type Region } from './resize';
import { resampleScene } from './resize-transform';

export interface RandomResizedCropOptions extends InterpolationOptions {
  /** Of the output: a number, or [height, width]. */
  readonly size: number | readonly [height: number, width: number];
  /** Range of the part's area as a share of the image's, above 0 and at most 1. Default [0.08, 1]. */
  readonly scale?: readonly [low: number, high: number];
  /** Range of width / height of the part, above 0. Default [3/4, 4/3]. */
  readonly ratio?: readonly [low: number, high: number];
  /** Which boxes stay. Default: all with an area inside. */
  readonly boxes?: BoxOptions;
}

const tries = 10;

/**
 * Takes a random part of each image and brings it to a size.
 *
 * Drawn: the part. Its area is uniform in `scale`, the logarithm of its aspect ratio in that of `ratio`, its place among all; after 10 parts
 * that do not fit, the largest in the middle with an allowed ratio.
 *
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `RandomResizedCrop`, of tensors with `antialias`; Szegedy et al., arXiv:1409.4842, section 6.
 * @example
 * ```ts
 * import { randomResizedCrop } from '@parsimony/augment';
 * randomResizedCrop({ size: 224 }).outputSize({ channels: 3, height: 375, width: 500 }); // => { channels: 3, height: 224, width: 224 }
 * ```
 */
export function randomResizedCrop(options: RandomResizedCropOptions): Transform<Region> {
  const where = 'RandomResizedCrop';
  checkOptions(where, options, ['size', 'scale', 'ratio', 'interpolation', 'antialias', 'boxes']);
  const [height, width] = checkSides(where, 'size', options.size);
  const scale = checkRange(where, 'scale', options.scale ?? [0.08, 1], { min: 0, minExclusive: true, max: 1 });
  const ratio = checkRange(where, 'ratio', options.ratio ?? [3 / 4, 4 / 3], { min: 0, minExclusive: true });
  const checked = checkInterpolation(where, options);
  const boxes = checkBoxOptions(where, options.boxes);
  return defineTransform<Region>({
    name: where,
    options: { size: [height, width], scale, ratio, ...checked, boxes },
    outputSize: ({ channels }) => ({ channels, height, width }),
    draw: (key, size) => drawRegion(new Draws(key), size, scale, ratio),
    apply: (scene, region, into) => resampleScene(scene, region, { height, width }, checked, boxes, into),
  });
}

function drawRegion(draws: Draws, { height, width }: Size, scale: readonly [number, number], ratio: readonly [number, number]): Region {
  for (let i = 0; i < tries; i++) {
    const area = height * width * draws.uniform(...scale);
    const aspect = Math.exp(draws.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const [w, h] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
    if (w > 0 && w <= width && h > 0 && h <= height) return { top: draws.below(height - h + 1), left: draws.below(width - w + 1), height: h, width: w };
  }
  const whole = width / height;
  const h = whole < ratio[0] ? Math.max(1, Math.round(width / ratio[0])) : height;
  const w = whole > ratio[1] ? Math.max(1, Math.round(height * ratio[1])) : width;
  return { top: Math.floor((height - h) / 2), left: Math.floor((width - w) / 2), height: h, width: w };
}
