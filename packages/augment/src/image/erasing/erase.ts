/** Rectangles of an image erased. */
import { checkNumber } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, copyOf, withData } from '../colour/images';
import { checkChannelValues, type Erasure, noiseFor, valueOf } from './value';

/** In pixels; it may reach out of the image. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The image with a rectangle of it replaced: by a value, by one for each channel, or by noise drawn from a key (N(0, 1) in floats, uniform
 * bytes in bytes).
 *
 * @param rectangle - Whole numbers; what lies outside of the image is left out.
 * @param value - 0 to 255 of bytes. Default 0.
 * @throws option: a side that is no whole number, or values for another number of channels. data: no pixels, or some that are not finite.
 * @see torchvision's `erase`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * const image = { data: new Uint8Array([1, 2, 3, 4]), channels: 1, height: 2, width: 2 };
 * F.erase(image, { top: 0, left: 1, height: 2, width: 1 }, 9).data; // => [1, 9, 3, 9]
 * ```
 */
export function erase(image: Pixels, rectangle: Rectangle, value: Erasure = 0): Pixels {
  const where = 'erase';
  checkImage(where, image);
  for (const side of ['top', 'left'] as const) checkNumber(where, side, rectangle[side], { integer: true });
  for (const side of ['height', 'width'] as const) checkNumber(where, side, rectangle[side], { min: 0, integer: true });
  if (typeof value === 'number' || 'length' in value) checkChannelValues(where, value, image.channels);
  return erased(image, [rectangle], [value]);
}

/** The part of a rectangle that lies in an image. */
export function inside({ height, width }: Pick<Pixels, 'height' | 'width'>, { top, left, height: h, width: w }: Rectangle): Rectangle {
  const [y, x] = [Math.min(Math.max(top, 0), height), Math.min(Math.max(left, 0), width)];
  return { top: y, left: x, height: Math.max(0, Math.min(top + h, height) - y), width: Math.max(0, Math.min(left + w, width) - x) };
}

/** Several, in their order. */
export function erased(image: Pixels, rectangles: readonly Rectangle[], values: readonly Erasure[], into?: Pixels['data']): Pixels {
  const { channels, height, width } = image;
  const data = copyOf(image, into);
  for (const [i, rectangle] of rectangles.entries()) {
    const { top, left, height: h, width: w } = inside(image, rectangle);
    const value = values[i] as Erasure;
    const noise = typeof value === 'object' && 'noise' in value ? noiseFor(data, value.noise, channels * h * w) : undefined;
    for (let c = 0, read = 0; c < channels; c++) {
      const constant = noise ? 0 : valueOf(value as number | readonly number[], c);
      for (let y = top; y < top + h; y++) {
        const at = (c * height + y) * width + left;
        if (noise) data.set(noise.subarray(read, read += w), at);
        else data.fill(constant, at, at + w);
      }
    }
  }
  return withData(image, data);
}
