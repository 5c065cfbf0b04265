/** Solarization. */
import { checkNumber } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { changeBytes, checkImage, type Floats, isBytes, mapFloats } from './images';

/**
 * Inverts the values that reach the threshold.
 *
 * @param image - Of 1 or 3 channels.
 * @param threshold - At most 255 for bytes, 1 for floats. 0 inverts all.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a threshold above that. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `solarize`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.solarize({ data: new Uint8Array([100, 128, 200]), channels: 3, height: 1, width: 1 }, 128).data; // => [100, 127, 55]
 * ```
 */
export function solarize(image: Pixels, threshold: number, into?: Pixels['data']): Pixels {
  const where = 'solarize';
  checkImage(where, image, [1, 3]);
  if (isBytes(image)) {
    checkNumber(where, 'threshold', threshold, { max: 255 });
    return changeBytes(image, (kernels, at, n) => kernels.invertFrom(at, n, Math.max(Math.ceil(threshold), 0)), into);
  }
  checkNumber(where, 'threshold', threshold, { max: 1 });
  const bound = Math.fround(threshold);
  return mapFloats(image as Floats, (v) => (v >= bound ? 1 - v : v), into);
}
