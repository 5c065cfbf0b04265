/** Masks over time, SpecAugment's. */
import { checkNumber, checkOptions, type Schedule, strength } from '@parsimony/core';
import { Draws } from '../transform/draws';
import { checkProbability, strengthAt } from '../transform/options';
import { masked } from './masked';
import { checkMaskValue, drawMask, type MaskValue, type SpecMask } from './spec-masks';
import { defineSpectrogramTransform, type SpectrogramTransform } from './transform';

export interface TimeMaskOptions {
  /** T: the most frames of one mask, rounded down; a number, 0 or more, or a schedule. Default 100. */
  readonly maxWidth?: Schedule;
  /** The most that one mask takes of all frames, in [0, 1]: the p of the paper. Default 1. */
  readonly maxShare?: number;
  /** How many; they may overlap. 1 or more. Default 1. */
  readonly count?: number;
  /** What is put in place: a number, or 'mean', that of the spectrogram. Default 'mean'. */
  readonly value?: MaskValue;
  /** Probability for each spectrogram, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/**
 * Puts one value in place of some consecutive frames, over all frequencies: t uniform in {0, …, min(T, floor(maxShare frames))}, the first
 * uniform in {0, …, frames - t}.
 *
 * Drawn: each mask.
 *
 * @throws option: an unknown option or one out of range.
 * @see Park et al., "SpecAugment", arXiv:1904.08779, which draws the first below frames - t; there spectrograms have mean 0, so that 0 is their mean.
 * torchaudio's `TimeMasking`.
 * @example
 * ```ts
 * import { timeMask } from '@parsimony/augment/audio';
 * const spectrogram = { data: Float32Array.of(1, 2, 3, 4, 5, 6), channels: 1, bins: 2, frames: 3 };
 * Array.from(timeMask({ value: 0 }).apply(spectrogram, [{ start: 1, width: 1 }]).data); // => [1, 0, 3, 4, 0, 6]
 * ```
 */
export function timeMask(options: TimeMaskOptions = {}): SpectrogramTransform<readonly SpecMask[]> {
  const where = 'TimeMask';
  checkOptions(where, options, ['maxWidth', 'maxShare', 'count', 'value', 'p']);
  const maxWidth = strength(where, 'maxWidth', options.maxWidth ?? 100, { min: 0 });
  const maxShare = checkNumber(where, 'maxShare', options.maxShare ?? 1, { min: 0, max: 1 });
  const count = checkNumber(where, 'count', options.count ?? 1, { min: 1, integer: true });
  const value = checkMaskValue(where, options.value ?? 'mean');
  const p = checkProbability(where, options.p ?? 1);
  return defineSpectrogramTransform<readonly SpecMask[]>({
    name: where,
    options: { maxWidth: maxWidth.schedule, maxShare, count, value, p: p.schedule },
    draw(key, { frames }, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return [];
      const most = Math.min(strengthAt(maxWidth, progress), maxShare * frames);
      return Array.from({ length: count }, () => drawMask(draws, most, frames));
    },
    apply: (spectrogram, masks) => masked(where, spectrogram, 'frames', masks, value),
  });
}
