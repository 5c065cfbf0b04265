/** FMix as a plugin. */
import { type AnyPlugin, checkChoice, checkNumber, type Schedule, strength } from '@parsimony/core';
import { drawFmix, type FmixDraw, fmixTarget, pasteMasks } from './fmix';
import { type ImageOptions, imagesBy } from './images';
import { batchMixer, checkMixer, type MixerOptions } from './mixer';
import { type MixMode, mixModes } from './pairing';

export interface FmixOptions extends MixerOptions, ImageOptions {
  /** Both parameters of the Beta distribution, 0 or more: a number or a schedule of the step. 0 mixes nothing. Default 1. */
  readonly alpha?: Schedule;
  /** How fast the strength of frequencies falls, 0 or more: the higher, the smoother the masks. Default 3. */
  readonly decayPower?: number;
  /** For whom a mask is drawn: once for the batch, for each pair, or for each sample. Default `'batch'`. */
  readonly mode?: MixMode;
}

/**
 * Mixes training images by masks of low-frequency noise, large regions of any shape, and targets in shares of their pixels. Metrics
 * see the original labels; evaluation sees the images as they are. A mask costs H W (H + W) multiplications on the host.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape: inputs that are not such images, or targets that are not
 * one an image. conflict: another mixer in the plan.
 * @see Harris et al., "FMix: Enhancing Mixed Sample Data Augmentation", arXiv:2002.12047.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { fmix } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [fmix({ alpha: 1, shape: [28, 28] })],
 * });
 * trainer.explain().includes('@parsimony/augment/fmix'); // => true
 * fmix({ decayPower: -1 }); // throws fmix: `decayPower` must be in [0, inf), received -1.
 * ```
 */
export function fmix(options: FmixOptions = {}): AnyPlugin {
  const where = 'fmix';
  const mixer = checkMixer(where, 'fmix', options, ['alpha', 'decayPower', 'mode', 'shape', 'input']);
  const alpha = strength(where, 'alpha', options.alpha ?? 1, { min: 0 });
  const decayPower = checkNumber(where, 'decayPower', options.decayPower ?? 3, { min: 0 });
  const mode = checkChoice(where, 'mode', options.mode ?? 'batch', mixModes);
  const images = imagesBy(where, options);
  return batchMixer<FmixDraw>(mixer, {
    json: { alpha: alpha.schedule, decayPower, mode, ...images.json },
    draw({ inputs }, prob, ctx) {
      const now = alpha.at(ctx);
      if (now === 0) return undefined;
      const [size, , height, width] = images.size(inputs);
      const draw = drawFmix(ctx.rng('mix'), size, { height, width, alpha: now, decayPower, prob, mode });
      return draw.masks.every((mask) => !mask.includes(0)) ? undefined : draw;
    },
    inputs: (inputs, draw) => images.change(inputs, (x) => pasteMasks(x, draw)),
    target: (target, draw, more) => fmixTarget(where, target, draw, more),
  });
}
