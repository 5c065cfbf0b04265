/** Brightness. */
import type { Pixels } from '../../transform/transform';
import { changeBytes, checkFactor, checkImage, isBytes, mapFloats, unit, type Floats } from './images';

/**
 * factor v of each value, clamped to the range: 0 is black, 1 the image as it is. Bytes drop fractions.
 *
 * @param image - Of 1 or 3 channels.
 * @param factor - 0 or more.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a factor below 0. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `adjust_brightness`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.adjustBrightness({ data: new Uint8Array([10, 101, 200]), channels: 3, height: 1, width: 1 }, 1.5).data; // => [15, 151, 255]
 * ```
 */
export function adjustBrightness(image: Pixels, factor: number, into?: Pixels['data']): Pixels {
  const where = 'adjustBrightness';
  checkImage(where, image, [1, 3]);
  checkFactor(where, 'factor', factor);
  if (isBytes(image)) return changeBytes(image, (kernels, at, n) => kernels.blend(at, n, 0, factor, 0), into);
  return mapFloats(image as Floats, (v) => unit(factor * v), into);
}
