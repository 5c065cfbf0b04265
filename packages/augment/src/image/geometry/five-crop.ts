/** Several crops of one image, for an evaluation that averages over them. */
import { checkBoolean, checkOptions, fail } from '@parsimony/core';
import { checkSides } from '../../transform/options';
import type { Pixels } from '../../transform/transform';
import { centerCropOf } from './center-crop';
import { crop } from './crop';
import { hflip, vflip } from './flip';
import { checkPixels } from '../pixels';

/**
 * The four corners of an image and its middle: top left, top right, bottom left, bottom right, middle.
 *
 * @param size - A number, or [height, width], at most the image's.
 * @throws option: a size that is none, or larger than the image.
 * @see torchvision's `five_crop`.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * const image = pixels(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), { channels: 1, height: 3, width: 3 });
 * F.fiveCrop(image, 1).map(({ data }) => data[0]); // => [1, 3, 7, 9, 5]
 * ```
 */
export function fiveCrop(image: Pixels, size: number | readonly [height: number, width: number]): Pixels[] {
  checkPixels('fiveCrop', image);
  const [height, width] = checkSides('fiveCrop', 'size', size);
  if (height > image.height || width > image.width) fail('option', `fiveCrop: a crop of ${height} x ${width} does not fit an image of ${image.height} x ${image.width}.`);
  const [bottom, right] = [image.height - height, image.width - width];
  return [
    crop(image, 0, 0, height, width), crop(image, 0, right, height, width), crop(image, bottom, 0, height, width), crop(image, bottom, right, height, width),
    centerCropOf(image, height, width),
  ];
}

export interface TenCropOptions {
  /** Flips upside down instead of from left to right. Default false. */
  readonly verticalFlip?: boolean;
}

/**
 * `fiveCrop` of an image, then of its mirror image.
 *
 * @throws option: as `fiveCrop`, and an unknown option.
 * @see torchvision's `ten_crop`; Krizhevsky et al. (2012), section 4.1.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.tenCrop(pixels(Uint8Array.of(1, 2), { channels: 1, height: 1, width: 2 }), 1).map(({ data }) => data[0]); // => [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
 * ```
 */
export function tenCrop(image: Pixels, size: number | readonly [height: number, width: number], options: TenCropOptions = {}): Pixels[] {
  checkOptions('tenCrop', options, ['verticalFlip']);
  const flip = checkBoolean('tenCrop', 'verticalFlip', options.verticalFlip ?? false) ? vflip : hflip;
  return [...fiveCrop(image, size), ...fiveCrop(flip(image), size)];
}
