/** Grey images. */
import { checkOptions, fail, ops, show, type Tensor } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import type { Transform } from '../../transform/transform';
import { channelsOf, lumaTensor } from './device';
import { rgbToGrayscale } from './rgb-to-grayscale';
import { colourSize, type ProbabilityOptions, sometimes } from './sometimes';

export interface GrayscaleOptions {
  /** 1, or 3 alike. Default 1. */
  readonly numOutputChannels?: 1 | 3;
}

/**
 * Makes every image grey: .2989 r + .587 g + .114 b, once or three times. On devices too.
 *
 * @throws option: an unknown option, or another number of channels. data: images that have not 1 or 3 channels.
 * @see torchvision's `Grayscale`.
 * @example
 * ```ts
 * import { grayscale } from '@parsimony/augment';
 * grayscale().outputSize({ channels: 3, height: 32, width: 32 }).channels; // => 1
 * ```
 */
export function grayscale(options: GrayscaleOptions = {}): Transform<null> {
  const where = 'Grayscale';
  checkOptions(where, options, ['numOutputChannels']);
  const { numOutputChannels = 1 } = options;
  if (numOutputChannels !== 1 && numOutputChannels !== 3) fail('option', `${where}: \`numOutputChannels\` must be 1 or 3, received ${show(numOutputChannels)}.`);
  return defineTransform<null>({
    name: where,
    options: { numOutputChannels },
    outputSize: (size) => ({ ...colourSize(where, size), channels: numOutputChannels }),
    apply: (scene, _, into) => ({ ...scene, image: rgbToGrayscale(scene.image, numOutputChannels, into) }),
    applyToTensor(images) {
      channelsOf(where, images, [1, 3]);
      return widened(lumaTensor(images), numOutputChannels);
    },
  });
}

/**
 * Makes each image grey with probability `p`; it keeps its number of channels. On devices too.
 *
 * Drawn: whether to.
 *
 * @param options - `p`, by default 0.1.
 * @throws option: an unknown option, or `p` outside [0, 1]. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomGrayscale`.
 * @example
 * ```ts
 * import { randomGrayscale } from '@parsimony/augment';
 * String(randomGrayscale()); // => 'RandomGrayscale(p=0.1)'
 * ```
 */
export const randomGrayscale = (options: ProbabilityOptions = {}): Transform<boolean> => sometimes('RandomGrayscale', options, [], 0.1, {
  image: (image, into) => rgbToGrayscale(image, image.channels as 1 | 3, into),
  tensor: (images) => widened(lumaTensor(images), images.shape[1] as number),
});

function widened(grey: Tensor, channels: number): Tensor {
  const [n = 0, , h = 0, w = 0] = grey.shape;
  return channels === 1 ? grey : ops.broadcastTo(grey, [n, channels, h, w]);
}
