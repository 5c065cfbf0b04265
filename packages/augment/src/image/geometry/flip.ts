/** Images mirrored. */
import type { Pixels } from '../../transform/transform';
import { blank } from '../pixels';
import { changePlane } from '../wasm/plane';

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
  const to = out.data;
  if (data instanceof Uint8Array) {
    eachPlane(image, out, (kernels, a, b) => kernels.mirrorRows(a, b, image.height, width));
    return out;
  }
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
  const { height, width, data } = image;
  eachPlane(image, out, (kernels, from, to) => kernels.flipRows(from, to, height, width * data.BYTES_PER_ELEMENT));
  return out;
}

function eachPlane({ data, channels, height, width }: Pixels, out: Pixels, change: Parameters<typeof changePlane>[2]): void {
  const n = height * width;
  for (let at = 0; at < channels * n; at += n) changePlane(data.subarray(at, at + n), out.data.subarray(at, at + n), change);
}
