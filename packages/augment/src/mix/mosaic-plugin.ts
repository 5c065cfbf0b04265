/** Mosaic as a plugin. */
import { type AnyPlugin, checkNumber } from '@parsimony/core';
import type { Collage } from './collage';
import { type ImageOptions, imagesBy } from './images';
import { batchMixer, checkMixer, type MixerOptions } from './mixer';
import { checkCenter, drawMosaic, mosaicImages, mosaicTarget } from './mosaic';

export interface MosaicOptions extends MixerOptions, ImageOptions {
  /** [least, most] of where the four images meet, shares of the canvas's sides, in [0, 1]. Default [0.25, 0.75]. */
  readonly center?: readonly [least: number, most: number];
  /** Of what no image covers. Default 0. */
  readonly fill?: number;
}

/**
 * Makes each training image, with probability `prob`, a mosaic of itself and three others of the batch at half their size, and mixes
 * the targets in shares of the pixels that each covers. Metrics see the original labels; evaluation sees the images as they are.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape, dtype: inputs that are not such images, float32, or
 * targets that are not one an image. conflict: another mixer in the plan.
 * @see Bochkovskiy et al., "YOLOv4: Optimal Speed and Accuracy of Object Detection", arXiv:2004.10934. For boxes, `drawMosaic` with `mosaicBoxes`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { mosaic } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [mosaic({ prob: 0.5, shape: [28, 28] })],
 * });
 * trainer.explain().includes('@parsimony/augment/mosaic'); // => true
 * mosaic({ center: [0.8, 0.2] }); // throws mosaic: `center[1]` must be in [0.8, 1], received 0.2.
 * ```
 */
export function mosaic(options: MosaicOptions = {}): AnyPlugin {
  const where = 'mosaic';
  const mixer = checkMixer(where, 'mosaic', options, ['center', 'fill', 'shape', 'input']);
  const center = checkCenter(where, options.center);
  const fill = checkNumber(where, 'fill', options.fill ?? 0);
  const images = imagesBy(where, options);
  return batchMixer<Collage>(mixer, {
    json: { center, fill, ...images.json },
    draw({ inputs }, prob, ctx) {
      const [size, , height, width] = images.size(inputs);
      const draw = drawMosaic(ctx.rng('mix'), size, { height, width, center, prob });
      return draw.pieces.every((of) => of.length === 1) ? undefined : draw;
    },
    inputs: (inputs, draw) => images.change(inputs, (x) => mosaicImages(where, x, draw, fill)),
    target: (target, draw, more) => mosaicTarget(where, target, draw, more),
  });
}
