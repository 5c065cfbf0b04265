/** Random stretching of contrast. */
import type { Transform } from '../../transform/transform';
import { autocontrast } from './autocontrast';
import { type ProbabilityOptions, sometimes } from './sometimes';

/**
 * Stretches the values of each channel of each image over the whole range, with probability `p`.
 *
 * Drawn: whether to.
 *
 * @throws option: an unknown option, or `p` outside [0, 1]. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomAutocontrast`.
 * @example
 * ```ts
 * import { randomAutocontrast } from '@parsimony/augment';
 * String(randomAutocontrast()); // => 'RandomAutocontrast(p=0.5)'
 * ```
 */
export const randomAutocontrast = (options: ProbabilityOptions = {}): Transform<boolean> => sometimes('RandomAutocontrast', options, [], 0.5, { image: autocontrast });
