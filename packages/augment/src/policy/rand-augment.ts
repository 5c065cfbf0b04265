/** RandAugment. */
import { checkNumber, type Schedule, strength } from '@parsimony/core';
import { colourSize } from '../image/colour/sometimes';
import { defineTransform } from '../transform/define';
import { Draws } from '../transform/draws';
import { strengthAt } from '../transform/options';
import type { Transform } from '../transform/transform';
import { type Magnitudes, randAugmentSpace, spaceOf } from './magnitudes';
import { applyPolicy, checkMoves, type PolicyMoveOptions, type PolicyOpName, type PolicyStep } from './policy-op';

export interface RandAugmentOptions extends PolicyMoveOptions {
  /** Operations one after the other. Default 2. */
  readonly numOps?: number;
  /** Bin of the magnitudes, from 0 to numMagnitudeBins - 1, rounded; a number or a schedule. Default 9. */
  readonly magnitude?: Schedule;
  /** From nothing to the most, 2 or more. Default 31. */
  readonly numMagnitudeBins?: number;
}

/**
 * Does `numOps` operations to each image, all of one magnitude: nothing, shears, shifts, rotation, brightness, colour, contrast, sharpness,
 * posterizing, solarizing, contrast to the full, equalization. Masks, boxes and keypoints move with the image.
 *
 * Drawn: the operations, each of the 14 as likely, with their magnitudes and random signs.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `RandAugment`; Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space", arXiv:1909.13719.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randAugment } from '@parsimony/augment';
 * const policy = randAugment({ magnitude: 15 });
 * String(policy); // => 'RandAugment(numOps=2, magnitude=15, numMagnitudeBins=31, interpolation="nearest", fill=0, maskFill=0)'
 * drawFor(policy, random.key(1), 1, { channels: 3, height: 32, width: 32 })[0]?.length; // => 2
 * ```
 */
export function randAugment(options: RandAugmentOptions = {}): Transform<readonly PolicyStep[]> {
  const where = 'RandAugment';
  const checked = checkMoves(where, options, ['numOps', 'magnitude', 'numMagnitudeBins'], 'nearest');
  const numOps = checkNumber(where, 'numOps', options.numOps ?? 2, { min: 0, integer: true });
  const numMagnitudeBins = checkNumber(where, 'numMagnitudeBins', options.numMagnitudeBins ?? 31, { min: 2, integer: true });
  const magnitude = strength(where, 'magnitude', options.magnitude ?? 9, { min: 0, max: numMagnitudeBins - 1 });
  const space = spaceOf((size) => randAugmentSpace(size, numMagnitudeBins));
  return defineTransform<readonly PolicyStep[]>({
    name: where,
    options: { numOps, magnitude: magnitude.schedule, numMagnitudeBins, ...checked },
    outputSize: (size) => colourSize(where, size),
    draw(key, size, progress) {
      const draws = new Draws(key);
      const bin = Math.round(strengthAt(magnitude, progress));
      return Array.from({ length: numOps }, () => drawStep(draws, space(size), () => bin));
    },
    apply: (scene, steps, into) => applyPolicy(where, scene, steps, checked, into),
  });
}

/** One operation of a space, each as likely; its magnitude of the bin, its sign by a coin. */
export function drawStep(draws: Draws, space: readonly (readonly [PolicyOpName, Magnitudes])[], bin: (count: number) => number): PolicyStep {
  const [name, { magnitudes, signed }] = space[draws.below(space.length)] as (typeof space)[number];
  if (magnitudes === null) return [name, 0];
  const magnitude = magnitudes[bin(magnitudes.length)] as number;
  return [name, signed && magnitude !== 0 && draws.coin(0.5) ? -magnitude : magnitude];
}
