/** mixup or CutMix as one plugin that switches between them. */
import { type AnyPlugin, checkChoice, type Schedule, strength } from '@parsimony/core';
import { checkMinmax, pixelsOf } from './boxes';
import { type ImageOptions, imagesBy } from './images';
import { batchMixer, checkMixer, type MixerOptions } from './mixer';
import { drawMixupOrCutmix, type MixupOrCutmixDraw, mixOrPaste, mixupOrCutmixTarget } from './mixup-or-cutmix';
import { type MixMode, mixModes } from './pairing';

export interface MixupOrCutmixOptions extends MixerOptions, ImageOptions {
  /** Of mixup's Beta distribution, 0 or more: a number or a schedule of the step. 0: CutMix only. Default 0.8. */
  readonly mixupAlpha?: Schedule;
  /** Of CutMix's Beta distribution, 0 or more: a number or a schedule of the step. 0: mixup only. Default 1. */
  readonly cutmixAlpha?: Schedule;
  /** That it is CutMix and not mixup, in [0, 1], asked for each draw: a number or a schedule of the step. Default 0.5. */
  readonly switchProb?: Schedule;
  /** As `cutmix` has it. Default: none. */
  readonly minmax?: readonly [least: number, most: number];
  /** For whom is drawn: once for the batch, for each pair, or for each sample. Default `'batch'`. */
  readonly mode?: MixMode;
}

/**
 * Mixes each training batch by CutMix with probability `switchProb`, else by mixup; each pair or sample by itself if `mode` says so.
 * Metrics see the original labels; evaluation sees the images as they are.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape, dtype: inputs that are not such images, float32, or
 * targets that are not one an image. conflict: another mixer in the plan.
 * @see timm's `Mixup`, whose names and defaults these are; Zhang et al., arXiv:1710.09412; Yun et al., arXiv:1905.04899.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { mixupOrCutmix } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [mixupOrCutmix({ switchProb: 0.5, shape: [28, 28], until: { epoch: 20 } })],
 * });
 * trainer.explain().includes('@parsimony/augment/mixup-or-cutmix'); // => true
 * mixupOrCutmix({ switchProb: 2 }); // throws mixupOrCutmix: `switchProb` must be in [0, 1], received 2.
 * ```
 */
export function mixupOrCutmix(options: MixupOrCutmixOptions = {}): AnyPlugin {
  const where = 'mixupOrCutmix';
  const mixer = checkMixer(where, 'mixup-or-cutmix', options, ['mixupAlpha', 'cutmixAlpha', 'switchProb', 'minmax', 'mode', 'shape', 'input']);
  const mixupAlpha = strength(where, 'mixupAlpha', options.mixupAlpha ?? 0.8, { min: 0 });
  const cutmixAlpha = strength(where, 'cutmixAlpha', options.cutmixAlpha ?? 1, { min: 0 });
  const switchProb = strength(where, 'switchProb', options.switchProb ?? 0.5, { min: 0, max: 1 });
  const minmax = checkMinmax(where, options.minmax);
  const mode = checkChoice(where, 'mode', options.mode ?? 'batch', mixModes);
  const images = imagesBy(where, options);
  return batchMixer<MixupOrCutmixDraw>(mixer, {
    json: { mixupAlpha: mixupAlpha.schedule, cutmixAlpha: cutmixAlpha.schedule, switchProb: switchProb.schedule, mode, ...(minmax && { minmax }), ...images.json },
    draw({ inputs }, prob, ctx) {
      const [ofMixup, ofCutmix] = [mixupAlpha.at(ctx), cutmixAlpha.at(ctx)];
      if (ofMixup === 0 && ofCutmix === 0) return undefined;
      const [size, , height, width] = images.size(inputs);
      const draw = drawMixupOrCutmix(ctx.rng('mix'), size, {
        height, width, prob, mode, ...(minmax && { minmax }),
        ...(ofMixup > 0 && { mixupAlpha: ofMixup }), ...(ofCutmix > 0 && { cutmixAlpha: ofCutmix }),
        switchProb: ofMixup === 0 ? 1 : ofCutmix === 0 ? 0 : switchProb.at(ctx),
      });
      return [draw.lambda].flat().every((own) => own === 1) && draw.boxes.every((box) => pixelsOf(box) === 0) ? undefined : draw;
    },
    inputs: (inputs, draw) => images.change(inputs, (x) => mixOrPaste(x, draw)),
    target: (target, draw, more) => mixupOrCutmixTarget(where, target, draw, more),
  });
}
