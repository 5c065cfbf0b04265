/** Random sharpness. */
import type { Transform } from '../../transform/transform';
import { adjustSharpness } from './adjust-sharpness';
import { checkFactor } from './images';
import { type ProbabilityOptions, sometimes } from './sometimes';

export interface RandomAdjustSharpnessOptions extends ProbabilityOptions {
  /** 0 or more: 0 smooths, 1 leaves images as they are, more sharpens. */
  readonly sharpnessFactor: number;
}

/**
 * Smooths or sharpens each image with probability `p`.
 *
 * Drawn: whether to.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomAdjustSharpness`.
 * @example
 * ```ts
 * import { randomAdjustSharpness } from '@parsimony/augment';
 * String(randomAdjustSharpness({ sharpnessFactor: 2 })); // => 'RandomAdjustSharpness(sharpnessFactor=2, p=0.5)'
 * ```
 */
export function randomAdjustSharpness(options: RandomAdjustSharpnessOptions): Transform<boolean> {
  const where = 'RandomAdjustSharpness';
  const sharpnessFactor = checkFactor(where, 'sharpnessFactor', options?.sharpnessFactor);
  return sometimes(where, options, ['sharpnessFactor'], 0.5, { options: { sharpnessFactor }, image: (image, into) => adjustSharpness(image, sharpnessFactor, into) });
}
