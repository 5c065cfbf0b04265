/** Random inversion. */
import { ops } from '@parsimony/core';
import type { Transform } from '../../transform/transform';
import { invert } from './invert';
import { type ProbabilityOptions, sometimes } from './sometimes';

/**
 * Inverts each image with probability `p`: 255 - v of bytes, 1 - v of floats. On devices too.
 *
 * Drawn: whether to.
 *
 * @throws option: an unknown option, or `p` outside [0, 1]. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomInvert`.
 * @example
 * ```ts
 * import { randomInvert } from '@parsimony/augment';
 * String(randomInvert()); // => 'RandomInvert(p=0.5)'
 * ```
 */
export const randomInvert = (options: ProbabilityOptions = {}): Transform<boolean> =>
  sometimes('RandomInvert', options, [], 0.5, { image: invert, tensor: (images) => ops.sub(1, images) });
