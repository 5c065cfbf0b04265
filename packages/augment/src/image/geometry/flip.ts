/** Images mirrored. */
import type { Pixels } from '../../transform/transform';
import { blank } from '../pixels';

/**
 * The image mirrored from left to right: pixel (y, x) is the one at (y, W - 1 - x).
 *
 * @param into - Where to write; not the image itself. Default: a new array.
 * @see torchvision's `hflip`.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.hflip(pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 })).data; // => [2, 1, 4, 3]
 * ```
 */
export function hflip(image: Pixels, into?: Pixels['data']): Pixels {
  const out = blank(image, image, into);
  const { width, data } = image;
  if (data instanceof Uint8Array && width % 4 === 0 && data.byteOffset % 4 === 0 && out.data.byteOffset % 4 === 0) {
    flipWords(words(data), words(out.data), width / 4);
    return out;
  }
  const to = out.data;
  for (let row = 0; row < data.length; row += width) {
    for (let x = 0, from = row + width - 1; x < width; x++, from--) to[row + x] = data[from] as number;
  }
  return out;
}

/**
 * The image upside down: pixel (y, x) is the one at (H - 1 - y, x).
 *
 * @param into - Where to write; not the image itself. Default: a new array.
 * @see torchvision's `vflip`.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.vflip(pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 })).data; // => [3, 4, 1, 2]
 * ```
 */
export function vflip(image: Pixels, into?: Pixels['data']): Pixels {
  const out = blank(image, image, into);
  const { channels, height, width, data } = image;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + y) * width;
      out.data.set(data.subarray(from, from + width), (c * height + height - 1 - y) * width);
    }
  }
  return out;
}

const words = (data: Pixels['data']): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, data.length / 4);

/** Four bytes at a time, turned round. */
function flipWords(from: Uint32Array, to: Uint32Array, width: number): void {
  for (let row = 0; row < from.length; row += width) {
    for (let x = 0, at = row + width - 1; x < width; x++, at--) {
      const word = from[at] as number;
      const swapped = ((word & 0xff00ff) << 8) | ((word >>> 8) & 0xff00ff);
      to[row + x] = (swapped << 16) | (swapped >>> 16);
    }
  }
}
