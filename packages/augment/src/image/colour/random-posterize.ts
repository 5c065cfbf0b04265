/** Random posterization. */
import { checkNumber, ops } from '@parsimony/core';
import type { Transform } from '../../transform/transform';
import { posterize } from './posterize';
import { type ProbabilityOptions, sometimes } from './sometimes';

export interface RandomPosterizeOptions extends ProbabilityOptions {
  /** Bits of each value that are kept: a whole number from 0 to 8. */
  readonly bits: number;
}

/**
 * Keeps only the first bits of each value of each image, with probability `p`. On devices too.
 *
 * Drawn: whether to.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomPosterize`.
 * @example
 * ```ts
 * import { randomPosterize } from '@parsimony/augment';
 * String(randomPosterize({ bits: 4 })); // => 'RandomPosterize(bits=4, p=0.5)'
 * randomPosterize({ bits: 9 }); // throws RandomPosterize: `bits` must be a whole number in [0, 8], received 9.
 * ```
 */
export function randomPosterize(options: RandomPosterizeOptions): Transform<boolean> {
  const where = 'RandomPosterize';
  const bits = checkNumber(where, 'bits', options?.bits, { min: 0, max: 8, integer: true });
  const levels = 2 ** bits;
  return sometimes(where, options, ['bits'], 0.5, {
    options: { bits },
    image: (image, into) => posterize(image, bits, into),
    tensor: (images) => ops.mul(ops.clamp(ops.floor(ops.mul(images, levels)), { min: 0, max: levels - 1 }), 1 / levels),
  });
}
