/** Random equalization. */
import type { Transform } from '../../transform/transform';
import { equalize } from './equalize';
import { type ProbabilityOptions, sometimes } from './sometimes';

/**
 * Equalizes the histogram of each channel of each image with probability `p`.
 *
 * Drawn: whether to.
 *
 * @throws option: an unknown option, or `p` outside [0, 1]. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomEqualize`.
 * @example
 * ```ts
 * import { randomEqualize } from '@parsimony/augment';
 * String(randomEqualize({ p: 0.2 })); // => 'RandomEqualize(p=0.2)'
 * ```
 */
export const randomEqualize = (options: ProbabilityOptions = {}): Transform<boolean> => sometimes('RandomEqualize', options, [], 0.5, { image: equalize });
