/** Images mirrored. */
import type { Pixels } from '../../transform/transform';
import { blank } from '../pixels';

/**
 * The image mirrored from left to right: pixel (y, x) is the one at (y, W - 1 - x).
 *
 * @see torchvision's `hflip`.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.hflip(pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 })).data; // => [2, 1, 4, 3]
 * ```
 */
export function hflip(image: Pixels): Pixels {
  const out = blank(image, image);
  const { width, data } = image;
  const to = out.data;
  for (let row = 0; row < data.length; row += width) {
    for (let x = 0, from = row + width - 1; x < width; x++, from--) to[row + x] = data[from] as number;
  }
  return out;
}

/**
 * The image upside down: pixel (y, x) is the one at (H - 1 - y, x).
 *
 * @see torchvision's `vflip`.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.vflip(pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 })).data; // => [3, 4, 1, 2]
 * ```
 */
export function vflip(image: Pixels): Pixels {
  const out = blank(image, image);
  const { channels, height, width, data } = image;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * height + y) * width;
      out.data.set(data.subarray(from, from + width), (c * height + height - 1 - y) * width);
    }
  }
  return out;
}
