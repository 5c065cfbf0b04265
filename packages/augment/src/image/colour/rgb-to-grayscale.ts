/** Grey. */
import { fail, show } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, room } from './images';
import { luma } from './luma';

/**
 * .2989 r + .587 g + .114 b of each pixel, once or three times. Bytes drop fractions. An image of one channel is grey already.
 *
 * @param image - Of 1 or 3 channels.
 * @param numOutputChannels - 1 or 3. Default 1.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: another number of output channels. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `rgb_to_grayscale`, which fails for 3 of 1.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.rgbToGrayscale({ data: new Uint8Array([200, 100, 0]), channels: 3, height: 1, width: 1 }).data; // => [118]
 * ```
 */
export function rgbToGrayscale(image: Pixels, numOutputChannels: 1 | 3 = 1, into?: Pixels['data']): Pixels {
  const where = 'rgbToGrayscale';
  checkImage(where, image, [1, 3]);
  if (numOutputChannels !== 1 && numOutputChannels !== 3) fail('option', `${where}: \`numOutputChannels\` must be 1 or 3, received ${show(numOutputChannels)}.`);
  const { channels, height, width } = image;
  if (channels === 1 && numOutputChannels === 1) return image;
  const n = height * width;
  const data = image.data instanceof Uint8Array ? room(Uint8Array, numOutputChannels * n, into) : room(Float32Array, numOutputChannels * n, into);
  if (channels === 1) data.set(image.data);
  else luma(image, data);
  for (let k = 1; k < numOutputChannels; k++) data.copyWithin(k * n, 0, n);
  return { data, channels: numOutputChannels, height, width };
}
