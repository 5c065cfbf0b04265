/** Sharpness. */
import type { Pixels } from '../../transform/transform';
import { changePlane } from '../wasm/plane';
import { boundFactor, type Bytes, checkFactor, checkImage, copyOf, type Floats, isBytes, room, unit, withData } from './images';

/**
 * factor v + (1 - factor) s, clamped, where s is the image smoothed by [[1, 1, 1], [1, 5, 1], [1, 1, 1]] / 13: 0 smooths, 1 leaves the
 * image as it is, more sharpens. The outermost pixels stay as they are, and so does an image of 2 pixels or less in a direction.
 * Bytes drop fractions.
 *
 * @param image - Of 1 or 3 channels.
 * @param factor - 0 or more.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a factor below 0. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `adjust_sharpness`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * const image = { data: new Uint8Array([0, 0, 0, 0, 130, 0, 0, 0, 0]), channels: 1, height: 3, width: 3 };
 * F.adjustSharpness(image, 0).data[4]; // => 50
 * F.adjustSharpness(image, 2).data[4]; // => 210
 * ```
 */
export function adjustSharpness(image: Pixels, factor: number, into?: Pixels['data']): Pixels {
  const where = 'adjustSharpness';
  checkImage(where, image, [1, 3]);
  checkFactor(where, 'factor', factor);
  if (image.height <= 2 || image.width <= 2) return image;
  return isBytes(image) ? bytes(image, factor, into) : floats(image as Floats, factor, into);
}

function bytes(image: Bytes, factor: number, into?: Pixels['data']): Bytes {
  const { data, channels, height, width } = image;
  const out = room(Uint8Array, data.length, into);
  const ratio = boundFactor(factor);
  const n = height * width;
  for (let at = 0; at < channels * n; at += n) {
    changePlane(data.subarray(at, at + n), out.subarray(at, at + n), (kernels, from, to) => kernels.sharpen(from, to, height, width, ratio, 1 - ratio));
  }
  return withData(image, out);
}

function floats(image: Floats, factor: number, into?: Pixels['data']): Floats {
  const { data, channels, height: h, width: w } = image;
  const out = copyOf(image, into) as Float32Array;
  for (let c = 0; c < channels; c++) {
    for (let y = 1; y < h - 1; y++) {
      const row = (c * h + y) * w;
      let left = (data[row - w] as number) + (data[row] as number) + (data[row + w] as number);
      let middle = (data[row - w + 1] as number) + (data[row + 1] as number) + (data[row + w + 1] as number);
      for (let i = row + 1; i < row + w - 1; i++) {
        const right = (data[i - w + 1] as number) + (data[i + 1] as number) + (data[i + w + 1] as number);
        const v = data[i] as number;
        out[i] = unit(factor * v + (1 - factor) * ((left + middle + right + 4 * v) / 13));
        left = middle;
        middle = right;
      }
    }
  }
  return withData(image, out);
}
