/** Cutout. */
import { checkNumber, checkOptions, type Schedule } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkProbability, checkSides, strengthAt } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { erased, inside } from './erase';
import { type Erased, eraseTensor } from './erase-tensor';
import { checkChannelValues, checkValue, erasureOf, type EraseValue, noiseKey } from './value';

export interface CutoutOptions {
  /** Of each hole in pixels: a number, or [height, width]. */
  readonly size: number | readonly [height: number, width: number];
  /** How many; they may overlap. Default 1. */
  readonly holes?: number;
  /** Probability for each image, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
  /** What is put in place: a number, one for each channel (0 to 255 of bytes), or `'random'`: noise, N(0, 1) in floats, uniform in bytes. Default 0. */
  readonly value?: EraseValue;
}

/** A hole as it lies in the image. */
type Hole = NonNullable<Erased>;

/**
 * Cuts square holes of a given size out of each image, cut off where they reach over its edge. On devices too.
 *
 * Drawn: the middle of each hole, uniform over the image's pixels. For noise a key.
 *
 * @throws option: an unknown option or one out of range, or values for another number of channels.
 * @see DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", arXiv:1708.04552. Its code makes a hole of odd
 * size one pixel smaller.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { cutout, drawFor } from '@parsimony/augment';
 * const [holes] = drawFor(cutout({ size: 16 }), random.key(1), 1, { channels: 3, height: 32, width: 32 });
 * holes?.length; // => 1
 * cutout({ size: 0 }); // throws Cutout: `size` must be a whole number in [1, inf), received 0.
 * ```
 */
export function cutout(options: CutoutOptions): Transform<readonly Hole[]> {
  const where = 'Cutout';
  checkOptions(where, options, ['size', 'holes', 'p', 'value']);
  const [height, width] = checkSides(where, 'size', options.size);
  const holes = checkNumber(where, 'holes', options.holes ?? 1, { min: 1, integer: true });
  const p = checkProbability(where, options.p ?? 1);
  const value = checkValue(where, options.value ?? 0);
  return defineTransform<readonly Hole[]>({
    name: where,
    options: { size: [height, width], holes, p: p.schedule, value },
    outputSize(size) {
      checkChannelValues(where, value, size.channels);
      return size;
    },
    draw(key, size, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return [];
      return Array.from({ length: holes }, (_, i) => {
        const [y, x] = [draws.below(size.height), draws.below(size.width)];
        return { ...inside(size, { top: y - (height >> 1), left: x - (width >> 1), height, width }), noise: noiseKey(value, key, i) };
      });
    },
    apply(scene, drawn, into) {
      if (drawn.length === 0) return scene;
      checkChannelValues(where, value, scene.image.channels);
      return { ...scene, image: erased(scene.image, drawn, drawn.map(({ noise }) => erasureOf(value, noise)), into) };
    },
    applyToTensor(images, params) {
      let out = images;
      for (let i = 0; i < holes; i++) out = eraseTensor(where, out, params.map((each) => each[i] ?? null), value);
      return out;
    },
  });
}
