/** Steps that change the colours of an image one after the other: what jitter and distortion draw. */
import { ops, type Tensor } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { adjustBrightness } from './adjust-brightness';
import { adjustContrast } from './adjust-contrast';
import { adjustHue } from './adjust-hue';
import { adjustSaturation } from './adjust-saturation';
import { channelsOf, hueTensor, lumaTensor, meanLumaTensor, perImage, unitTensor, whereTrue } from './device';
import { chain } from './scratch';

const adjust = { brightness: adjustBrightness, contrast: adjustContrast, saturation: adjustSaturation, hue: adjustHue } as const;

export type ColourStepName = keyof typeof adjust;
/** What is changed, and the factor: `['hue', 0.1]`. */
export type ColourStep = readonly [name: ColourStepName, factor: number];

export const applySteps = (image: Pixels, steps: readonly ColourStep[], into?: Pixels['data']): Pixels =>
  chain(image, steps, (before, [name, factor], room) => adjust[name](before, factor, room), into);

/**
 * The steps of each image. All images go through as many rounds as the longest list has steps, and in a round those whose step is a blend go
 * through one blend with weights of their own, those whose step is the hue through that.
 */
export function applyStepsToTensor(where: string, images: Tensor, params: readonly (readonly ColourStep[])[]): Tensor {
  const grey = channelsOf(where, images, [1, 3]) === 1;
  // What has one channel has no hue and no saturation.
  const lists = grey ? params.map((steps) => steps.filter(([name]) => name === 'brightness' || name === 'contrast')) : params;
  const rounds = Math.max(0, ...lists.map((steps) => steps.length));
  let out = images;
  for (let round = 0; round < rounds; round++) {
    const steps = lists.map((list) => list[round]);
    out = turned(blended(out, steps), steps);
  }
  return out;
}

type Round = readonly (ColourStep | undefined)[];
const factorsOf = (steps: Round, names: readonly ColourStepName[], otherwise: number): number[] => steps.map((step) => (step && names.includes(step[0]) ? step[1] : otherwise));
const has = (steps: Round, name: ColourStepName): boolean => steps.some((step) => step?.[0] === name);

/** factor x + (1 - factor) other, where other is black, the mean of the grey or the grey, as the step of an image says. */
function blended(images: Tensor, steps: Round): Tensor {
  const names = ['brightness', 'contrast', 'saturation'] as const;
  const flags = steps.map((step) => step !== undefined && step[0] !== 'hue');
  if (!flags.includes(true)) return images;
  let sum = ops.mul(images, perImage(factorsOf(steps, names, 1)));
  const share = (name: ColourStepName): Tensor => perImage(factorsOf(steps, [name], 1).map((factor) => 1 - factor));
  if (has(steps, 'contrast')) sum = ops.add(sum, ops.mul(meanLumaTensor(images), share('contrast')));
  if (has(steps, 'saturation')) sum = ops.add(sum, ops.mul(lumaTensor(images), share('saturation')));
  return whereTrue(flags, unitTensor(sum), images);
}

function turned(images: Tensor, steps: Round): Tensor {
  if (!has(steps, 'hue')) return images;
  return whereTrue(steps.map((step) => step?.[0] === 'hue'), hueTensor(images, perImage(factorsOf(steps, ['hue'], 0))), images);
}
