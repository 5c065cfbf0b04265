/** Random solarization. */
import { checkNumber, fail, ops } from '@parsimony/core';
import type { Transform } from '../../transform/transform';
import { solarize } from './solarize';
import { type ProbabilityOptions, sometimes } from './sometimes';

export interface RandomSolarizeOptions extends ProbabilityOptions {
  /** Values that reach it are inverted: 0 to 255 for bytes, 0 to 1 for floats. */
  readonly threshold: number;
}

/**
 * Inverts the values of each image that reach a threshold, with probability `p`. On devices too.
 *
 * Drawn: whether to.
 *
 * @throws option: an unknown option or one out of range; when applied, a threshold above 1 for floats. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomSolarize`.
 * @example
 * ```ts
 * import { randomSolarize } from '@parsimony/augment';
 * String(randomSolarize({ threshold: 192 })); // => 'RandomSolarize(threshold=192, p=0.5)'
 * ```
 */
export function randomSolarize(options: RandomSolarizeOptions): Transform<boolean> {
  const where = 'RandomSolarize';
  const threshold = checkNumber(where, 'threshold', options?.threshold, { min: 0, max: 255 });
  return sometimes(where, options, ['threshold'], 0.5, {
    options: { threshold },
    image: (image, into) => solarize(image, threshold, into),
    tensor(images) {
      if (threshold > 1) fail('option', `${where}: \`threshold\` must be in [0, 1] for floats, received ${threshold}.`);
      return ops.where(ops.greaterEqual(images, threshold), ops.sub(1, images), images);
    },
  });
}
