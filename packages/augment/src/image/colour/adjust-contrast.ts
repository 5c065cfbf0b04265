/** Contrast. */
import type { Pixels } from '../../transform/transform';
import { changeBytes, checkFactor, checkImage, isBytes, mapFloats, unit, type Floats } from './images';
import { meanLuma } from './luma';

const { fround } = Math;

/**
 * factor v + (1 - factor) m, clamped, where m is the mean of the image's grey: 0 is that grey everywhere, 1 the image as it is.
 * Bytes drop fractions, of the grey too.
 *
 * @param image - Of 1 or 3 channels.
 * @param factor - 0 or more.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a factor below 0. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `adjust_contrast`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.adjustContrast({ data: new Uint8Array([10, 20, 60]), channels: 1, height: 1, width: 3 }, 0.5).data; // => [20, 25, 45]
 * ```
 */
export function adjustContrast(image: Pixels, factor: number, into?: Pixels['data']): Pixels {
  const where = 'adjustContrast';
  checkImage(where, image, [1, 3]);
  checkFactor(where, 'factor', factor);
  const mean = meanLuma(image);
  if (isBytes(image)) {
    const share = fround(fround(1 - factor) * fround(mean));
    return changeBytes(image, (kernels, at, n) => kernels.blend(at, n, 0, factor, share), into);
  }
  const share = (1 - factor) * mean;
  return mapFloats(image as Floats, (v) => unit(factor * v + share), into);
}
