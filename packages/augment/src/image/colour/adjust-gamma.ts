/** Gamma. */
import { checkNumber } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { toByte } from './convert-image-dtype';
import { byteTable, checkImage, type Floats, isBytes, lookUp, mapFloats, unit } from './images';

const { fround } = Math;

/**
 * gain v^gamma, clamped, for values v from 0 to 1: a gamma above 1 darkens the dark, one below lightens it. Bytes are taken as
 * v / 255, and back as `convertImageDtype` does.
 *
 * @param image - Of 1 or 3 channels.
 * @param gamma - 0 or more.
 * @param gain - Default 1.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a gamma below 0. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `adjust_gamma`; values below 0 are taken as 0, where it gives NaN.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.adjustGamma({ data: new Uint8Array([0, 128, 255]), channels: 3, height: 1, width: 1 }, 2).data; // => [0, 64, 255]
 * ```
 */
export function adjustGamma(image: Pixels, gamma: number, gain = 1, into?: Pixels['data']): Pixels {
  const where = 'adjustGamma';
  checkImage(where, image, [1, 3]);
  checkNumber(where, 'gamma', gamma, { min: 0 });
  checkNumber(where, 'gain', gain);
  if (isBytes(image)) return lookUp(image, byteTable((v) => toByte(unit(fround(fround(gain) * fround(fround(v / 255) ** gamma))))), into);
  return mapFloats(image as Floats, (v) => unit(gain * Math.max(v, 0) ** gamma), into);
}
