/** Random distortion of colours. */
import { checkOptions, type Schedule } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkProbability, checkRange, strengthAt } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { permuteChannels } from './permute-channels';
import { permuteTensor } from './random-channel-permutation';
import { colourSize } from './sometimes';
import { applySteps, applyStepsToTensor, type ColourStep, type ColourStepName } from './steps';

type Range = readonly [low: number, high: number];

export interface RandomPhotometricDistortOptions {
  /** Range of the factor, 0 or more. Default [0.875, 1.125]. */
  readonly brightness?: Range;
  /** Range of the factor, 0 or more. Default [0.5, 1.5]. */
  readonly contrast?: Range;
  /** Range of the factor, 0 or more. Default [0.5, 1.5]. */
  readonly saturation?: Range;
  /** Range of the turn, in [-0.5, 0.5]. Default [-0.05, 0.05]. */
  readonly hue?: Range;
  /** Probability of each of the changes, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly p?: Schedule;
}

/** JSON. */
export interface PhotometricDraw {
  readonly steps: readonly ColourStep[];
  /** null: channels stay where they are. */
  readonly permutation: readonly number[] | null;
  readonly [key: string]: readonly ColourStep[] | readonly number[] | null;
}

/**
 * Changes brightness, contrast, saturation, hue and the order of channels of each image, each with probability `p`: contrast before saturation
 * and hue or behind them, either as likely. On devices too.
 *
 * Drawn: the steps in their order, each factor uniform in its range, and the order of the channels.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandomPhotometricDistort` (of its detection references in 0.14, of its transforms from 0.15 on); Liu et al., "SSD: Single Shot
 * MultiBox Detector", arXiv:1512.02325.
 * @example
 * ```ts
 * import { randomPhotometricDistort } from '@parsimony/augment';
 * String(randomPhotometricDistort({ p: 0.3 })).includes('hue=[-0.05, 0.05], p=0.3'); // => true
 * ```
 */
export function randomPhotometricDistort(options: RandomPhotometricDistortOptions = {}): Transform<PhotometricDraw> {
  const where = 'RandomPhotometricDistort';
  checkOptions(where, options, ['brightness', 'contrast', 'saturation', 'hue', 'p']);
  const ranges: Readonly<Record<ColourStepName, Range>> = {
    brightness: checkRange(where, 'brightness', options.brightness ?? [0.875, 1.125], { min: 0 }),
    contrast: checkRange(where, 'contrast', options.contrast ?? [0.5, 1.5], { min: 0 }),
    saturation: checkRange(where, 'saturation', options.saturation ?? [0.5, 1.5], { min: 0 }),
    hue: checkRange(where, 'hue', options.hue ?? [-0.05, 0.05], { min: -0.5, max: 0.5 }),
  };
  const p = checkProbability(where, options.p ?? 0.5);
  return defineTransform<PhotometricDraw>({
    name: where,
    options: { ...ranges, p: p.schedule },
    outputSize: (size) => colourSize(where, size),
    draw(key, { channels }, progress) {
      const draws = new Draws(key);
      const each = strengthAt(p, progress);
      const order: readonly ColourStepName[] = draws.coin(0.5) ? ['brightness', 'contrast', 'saturation', 'hue'] : ['brightness', 'saturation', 'hue', 'contrast'];
      const steps = order.filter(() => draws.coin(each)).map((name): ColourStep => [name, draws.uniform(...ranges[name])]);
      return { steps, permutation: draws.coin(each) ? draws.permutation(channels) : null };
    },
    apply(scene, { steps, permutation }, into) {
      const image = applySteps(scene.image, steps, permutation === null ? into : undefined);
      return { ...scene, image: permutation === null ? image : permuteChannels(image, permutation, into) };
    },
    applyToTensor(images, params) {
      const out = applyStepsToTensor(where, images, params.map(({ steps }) => steps));
      if (params.every(({ permutation }) => permutation === null)) return out;
      const asIs = Array.from({ length: images.shape[1] ?? 0 }, (_, k) => k);
      return permuteTensor(out, params.map(({ permutation }) => permutation ?? asIs));
    },
  });
}
