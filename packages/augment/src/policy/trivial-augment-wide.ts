/** TrivialAugment. */
import { checkNumber } from '@parsimony/core';
import { colourSize } from '../image/colour/sometimes';
import { defineTransform } from '../transform/define';
import { Draws } from '../transform/draws';
import type { Transform } from '../transform/transform';
import { spaceOf, trivialAugmentWideSpace } from './magnitudes';
import { applyPolicy, checkMoves, type PolicyMoveOptions, type PolicyStep } from './policy-op';
import { drawStep } from './rand-augment';

export interface TrivialAugmentWideOptions extends PolicyMoveOptions {
  /** From nothing to the most, 2 or more. Default 31. */
  readonly numMagnitudeBins?: number;
}

/**
 * Does one operation to each image, of a magnitude of any strength: RandAugment's operations in a wider range. Nothing is to be tuned.
 * Masks, boxes and keypoints move with the image.
 *
 * Drawn: the operation, each of the 14 as likely, and its magnitude, each bin and sign as likely.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `TrivialAugmentWide`; Müller and Hutter, "TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation", arXiv:2103.10158.
 * @example
 * ```ts
 * import { trivialAugmentWide } from '@parsimony/augment';
 * String(trivialAugmentWide({ interpolation: 'bilinear' })).startsWith('TrivialAugmentWide(numMagnitudeBins=31, interpolation="bilinear"'); // => true
 * ```
 */
export function trivialAugmentWide(options: TrivialAugmentWideOptions = {}): Transform<readonly PolicyStep[]> {
  const where = 'TrivialAugmentWide';
  const checked = checkMoves(where, options, ['numMagnitudeBins'], 'nearest');
  const numMagnitudeBins = checkNumber(where, 'numMagnitudeBins', options.numMagnitudeBins ?? 31, { min: 2, integer: true });
  const space = spaceOf(() => trivialAugmentWideSpace(numMagnitudeBins));
  return defineTransform<readonly PolicyStep[]>({
    name: where,
    options: { numMagnitudeBins, ...checked },
    outputSize: (size) => colourSize(where, size),
    draw(key, size) {
      const draws = new Draws(key);
      return [drawStep(draws, space(size), (count) => draws.below(count))];
    },
    apply: (scene, steps, into) => applyPolicy(where, scene, steps, checked, into),
  });
}
