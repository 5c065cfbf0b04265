/** CutMix as a plugin. */
import { type AnyPlugin, checkChoice, type Schedule, strength } from '@parsimony/core';
import { checkMinmax, pixelsOf } from './boxes';
import { type CutmixDraw, cutmixTarget, drawCutmix, pasteBoxes } from './cutmix';
import { type ImageOptions, imagesBy } from './images';
import { batchMixer, checkMixer, type MixerOptions } from './mixer';
import { type MixMode, mixModes } from './pairing';

export interface CutmixOptions extends MixerOptions, ImageOptions {
  /** Both parameters of the Beta distribution, 0 or more: a number or a schedule of the step. 0 pastes nothing. Default 1. */
  readonly alpha?: Schedule;
  /** [least, most], shares of the image's sides: boxes lie within the image, their sides uniform in between; of `alpha` it only counts whether it is 0. Default: none. */
  readonly minmax?: readonly [least: number, most: number];
  /** For whom a box is drawn: once for the batch, for each pair, or for each sample. Default `'batch'`. */
  readonly mode?: MixMode;
}

/**
 * Pastes a box of another image of the batch into each training image, and mixes the targets in shares of the pixels really pasted.
 * Metrics see the original labels; evaluation sees the images as they are.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape: inputs that are not such images, or targets that are not
 * one an image. conflict: another mixer in the plan.
 * @see Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", arXiv:1905.04899; the modes
 * and `minmax` are those of timm's `Mixup`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { cutmix } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [cutmix({ alpha: 1, prob: 0.5, shape: [28, 28] })],
 * });
 * trainer.explain().includes('@parsimony/augment/cutmix'); // => true
 * cutmix({ alpha: -1 }); // throws cutmix: `alpha` must be in [0, inf), received -1.
 * ```
 */
export function cutmix(options: CutmixOptions = {}): AnyPlugin {
  const where = 'cutmix';
  const mixer = checkMixer(where, 'cutmix', options, ['alpha', 'minmax', 'mode', 'shape', 'input']);
  const alpha = strength(where, 'alpha', options.alpha ?? 1, { min: 0 });
  const minmax = checkMinmax(where, options.minmax);
  const mode = checkChoice(where, 'mode', options.mode ?? 'batch', mixModes);
  const images = imagesBy(where, options);
  return batchMixer<CutmixDraw>(mixer, {
    json: { alpha: alpha.schedule, mode, ...(minmax && { minmax }), ...images.json },
    draw({ inputs }, prob, ctx) {
      const now = alpha.at(ctx);
      if (now === 0) return undefined;
      const [size, , height, width] = images.size(inputs);
      const draw = drawCutmix(ctx.rng('mix'), size, { height, width, alpha: now, prob, mode, ...(minmax && { minmax }) });
      return draw.boxes.every((box) => pixelsOf(box) === 0) ? undefined : draw;
    },
    inputs: (inputs, draw) => images.change(inputs, (x) => pasteBoxes(x, draw)),
    target: (target, draw, more) => cutmixTarget(where, target, draw, more),
  });
}
