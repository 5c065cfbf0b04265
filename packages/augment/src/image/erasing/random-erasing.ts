/** Random erasing. */
import { checkOptions, type Schedule } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkProbability, checkRange, strengthAt } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { erased } from './erase';
import { type Erased, eraseTensor } from './erase-tensor';
import { checkChannelValues, checkValue, erasureOf, type EraseValue, noiseKey } from './value';

export interface RandomErasingOptions {
  /** Probability for each image, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly p?: Schedule;
  /** Range of the share of the image's area, in [0, 1]. Default [0.02, 0.33]. */
  readonly scale?: readonly [low: number, high: number];
  /** Range of height / width, above 0. Default [0.3, 3.3]. */
  readonly ratio?: readonly [low: number, high: number];
  /** What is put in place: a number, one for each channel (0 to 255 of bytes), or `'random'`: noise, N(0, 1) in floats, uniform in bytes. Default 0. */
  readonly value?: EraseValue;
}

/**
 * Erases a rectangle of each image with probability `p`. On devices too.
 *
 * Drawn: area uniform in `scale`, ratio log-uniform in `ratio`, ten times at most until the rectangle is smaller than the image in both
 * directions, then its place uniformly; without one, nothing is erased. For noise a key.
 *
 * @throws option: an unknown option or one out of range, or values for another number of channels.
 * @see torchvision's `RandomErasing`, whose noise in bytes is what becomes of N(0, 1) as a byte; Zhong et al., "Random Erasing Data Augmentation",
 * arXiv:1708.04896, whose ratio is uniform.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomErasing } from '@parsimony/augment';
 * const [erased] = drawFor(randomErasing({ p: 1 }), random.key(1), 1, { channels: 3, height: 32, width: 32 });
 * (erased?.height ?? 99) < 32; // => true
 * randomErasing({ scale: [0.5, 2] }); // throws RandomErasing: `scale[1]` must be in [0, 1], received 2.
 * ```
 */
export function randomErasing(options: RandomErasingOptions = {}): Transform<Erased> {
  const where = 'RandomErasing';
  checkOptions(where, options, ['p', 'scale', 'ratio', 'value']);
  const p = checkProbability(where, options.p ?? 0.5);
  const scale = checkRange(where, 'scale', options.scale ?? [0.02, 0.33], { min: 0, max: 1 });
  const ratio = checkRange(where, 'ratio', options.ratio ?? [0.3, 3.3], { min: 0, minExclusive: true });
  const value = checkValue(where, options.value ?? 0);
  const logRatio = ratio.map(Math.log) as [number, number];
  return defineTransform<Erased>({
    name: where,
    options: { p: p.schedule, scale, ratio, value },
    outputSize(size) {
      checkChannelValues(where, value, size.channels);
      return size;
    },
    draw(key, { height, width }, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return null;
      for (let tries = 0; tries < 10; tries++) {
        const area = height * width * draws.uniform(...scale);
        const aspect = Math.exp(draws.uniform(...logRatio));
        const [h, w] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
        if (h >= height || w >= width) continue;
        return { top: draws.between(0, height - h), left: draws.between(0, width - w), height: h, width: w, noise: noiseKey(value, key) };
      }
      return null;
    },
    apply(scene, drawn, into) {
      if (drawn === null) return scene;
      checkChannelValues(where, value, scene.image.channels);
      return { ...scene, image: erased(scene.image, [drawn], [erasureOf(value, drawn.noise)], into) };
    },
    applyToTensor: (images, params) => eraseTensor(where, images, params, value),
  });
}
