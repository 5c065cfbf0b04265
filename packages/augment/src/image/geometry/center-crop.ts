/** The middle of each image. */
import { checkOptions } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { checkSides } from '../../transform/options';
import type { Pixels, Transform } from '../../transform/transform';
import { cut } from './crop';
import { cutScene } from './cut-scene';
import { type BoxOptions, checkBoxOptions } from '../shapes';

export interface CenterCropOptions {
  /** A number, or [height, width]. */
  readonly size: number | readonly [height: number, width: number];
  /** Which boxes stay. Default: all with an area inside. */
  readonly boxes?: BoxOptions;
}

const zeros = { paddingMode: 'constant', fill: 0 } as const;

/**
 * The middle of an image, [C, height, width]; zeros where the image is smaller.
 *
 * @see torchvision's `center_crop`, half pixels and padding included: top is (H - height) / 2 rounded half to even.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.centerCrop(pixels(Uint8Array.of(1, 2, 3), { channels: 1, height: 1, width: 3 }), 1, 1).data; // => [2]
 * ```
 */
export function centerCropOf(image: Pixels, height: number, width: number): Pixels {
  const [h, w] = checkSides('centerCrop', 'size', [height, width]);
  return cut('centerCrop', image, start(image.height, h), start(image.width, w), h, w, zeros);
}

/**
 * Takes the middle of each image; zeros where the image is smaller.
 *
 * @throws option: an unknown option, or a size below 1.
 * @see torchvision's `CenterCrop`.
 * @example
 * ```ts
 * import { centerCrop } from '@parsimony/augment';
 * String(centerCrop({ size: 24 })); // => 'CenterCrop(size=[24, 24])'
 * ```
 */
export function centerCrop(options: CenterCropOptions): Transform<null> {
  const where = 'CenterCrop';
  checkOptions(where, options, ['size', 'boxes']);
  const [height, width] = checkSides(where, 'size', options.size);
  const boxes = checkBoxOptions(where, options.boxes);
  return defineTransform<null>({
    name: where,
    options: { size: [height, width], boxes },
    outputSize: ({ channels }) => ({ channels, height, width }),
    apply: (scene, _, into) => cutScene(where, scene, start(scene.image.height, height), start(scene.image.width, width), { height, width }, zeros, 0, boxes, into),
  });
}

/** The first of `wanted` pixels in the middle of n: what is odd goes as torchvision has it, padding with its smaller half first. */
function start(n: number, wanted: number): number {
  if (wanted > n) return -Math.floor((wanted - n) / 2);
  const half = (n - wanted) / 2;
  const low = Math.floor(half);
  return half === low ? low : low + (low % 2);
}
