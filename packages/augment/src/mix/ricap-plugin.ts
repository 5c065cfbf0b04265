/** RICAP as a plugin. */
import { type AnyPlugin, type Schedule, strength } from '@parsimony/core';
import { type Collage, collageTarget } from './collage';
import { type ImageOptions, imagesBy } from './images';
import { batchMixer, checkMixer, type MixerOptions } from './mixer';
import { drawRicap, patchImages } from './ricap';

export interface RicapOptions extends MixerOptions, ImageOptions {
  /** Both parameters of the Beta distribution, 0 or more: a number or a schedule of the step. 0 mixes nothing. Default 0.3. */
  readonly beta?: Schedule;
}

/**
 * Makes the training images of a batch of four patches each, cut out of four images at random, and mixes the targets in shares of the
 * patches' pixels. Metrics see the original labels; evaluation sees the images as they are.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape: inputs that are not such images, or targets that are not
 * one an image. conflict: another mixer in the plan.
 * @see Takahashi et al., "RICAP: Random Image Cropping and Patching Data Augmentation for Deep CNNs", arXiv:1811.09030.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { ricap } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [ricap({ beta: 0.3, shape: [28, 28] })],
 * });
 * trainer.explain().includes('@parsimony/augment/ricap'); // => true
 * ricap({ beta: -1 }); // throws ricap: `beta` must be in [0, inf), received -1.
 * ```
 */
export function ricap(options: RicapOptions = {}): AnyPlugin {
  const where = 'ricap';
  const mixer = checkMixer(where, 'ricap', options, ['beta', 'shape', 'input']);
  const beta = strength(where, 'beta', options.beta ?? 0.3, { min: 0 });
  const images = imagesBy(where, options);
  return batchMixer<Collage>(mixer, {
    json: { beta: beta.schedule, ...images.json },
    draw({ inputs }, prob, ctx) {
      const now = beta.at(ctx);
      if (now === 0) return undefined;
      const [size, , height, width] = images.size(inputs);
      const draw = drawRicap(ctx.rng('mix'), size, { height, width, beta: now, prob });
      return draw.pieces.every((of) => of.length === 1) ? undefined : draw;
    },
    inputs: (inputs, draw) => images.change(inputs, (x) => patchImages(x, draw)),
    target: (target, draw, more) => collageTarget(where, 'patchImages', target, draw, more),
  });
}
