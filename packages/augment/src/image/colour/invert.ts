/** Inversion. */
import type { Pixels } from '../../transform/transform';
import { changeBytes, checkImage, type Floats, isBytes, mapFloats } from './images';

/**
 * 255 - v of bytes, 1 - v of floats: the negative.
 *
 * @param image - Of 1 or 3 channels.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `invert`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.invert({ data: new Uint8Array([0, 100, 255]), channels: 3, height: 1, width: 1 }).data; // => [255, 155, 0]
 * ```
 */
export function invert(image: Pixels, into?: Pixels['data']): Pixels {
  checkImage('invert', image, [1, 3]);
  if (isBytes(image)) return changeBytes(image, (kernels, at, n) => kernels.invertFrom(at, n, 0), into);
  return mapFloats(image as Floats, (v) => 1 - v, into);
}
