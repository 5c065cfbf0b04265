/** Posterization. */
import { checkNumber } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { changeBytes, checkImage, type Floats, isBytes, mapFloats } from './images';

/**
 * Keeps the first bits of each value. Of floats, floor(2^bits v) / 2^bits, at most 1 - 2^-bits.
 *
 * @param image - Of 1 or 3 channels.
 * @param bits - A whole number from 0, which is black, to 8, which keeps bytes as they are.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: another number of bits. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `posterize`; it takes floats from 0.15 on, by this definition.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.posterize({ data: new Uint8Array([63, 64, 200]), channels: 3, height: 1, width: 1 }, 2).data; // => [0, 64, 192]
 * ```
 */
export function posterize(image: Pixels, bits: number, into?: Pixels['data']): Pixels {
  const where = 'posterize';
  checkImage(where, image, [1, 3]);
  checkNumber(where, 'bits', bits, { min: 0, max: 8, integer: true });
  if (isBytes(image)) return changeBytes(image, (kernels, at, n) => kernels.keepBits(at, n, 256 - 2 ** (8 - bits)), into);
  const levels = 2 ** bits;
  return mapFloats(image as Floats, (v) => Math.min(Math.max(Math.floor(v * levels), 0), levels - 1) / levels, into);
}
