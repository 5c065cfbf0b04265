/** Masks over frequency, SpecAugment's. */
import { checkNumber, checkOptions, type Schedule, strength } from '@parsimony/core';
import { Draws } from '../transform/draws';
import { checkProbability, strengthAt } from '../transform/options';
import { masked } from './masked';
import { checkMaskValue, drawMask, type MaskValue, type SpecMask } from './spec-masks';
import { defineSpectrogramTransform, type SpectrogramTransform } from './transform';

export interface FrequencyMaskOptions {
  /** F: the most bins of one mask, rounded down; a number, 0 or more, or a schedule. Default 27, for 80 bins. */
  readonly maxWidth?: Schedule;
  /** How many; they may overlap. 1 or more. Default 1. */
  readonly count?: number;
  /** What is put in place: a number, or 'mean', that of the spectrogram. Default 'mean'. */
  readonly value?: MaskValue;
  /** Probability for each spectrogram, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/**
 * Puts one value in place of some neighbouring bins, over all time: f uniform in {0, …, F}, the first uniform in {0, …, bins - f}.
 *
 * Drawn: each mask.
 *
 * @throws option: an unknown option or one out of range.
 * @see Park et al., "SpecAugment", arXiv:1904.08779, which draws the first below bins - f. torchaudio's `FrequencyMasking`.
 * @example
 * ```ts
 * import { frequencyMask } from '@parsimony/augment/audio';
 * const spectrogram = { data: Float32Array.of(1, 2, 3, 4), channels: 1, bins: 2, frames: 2 };
 * Array.from(frequencyMask().apply(spectrogram, [{ start: 0, width: 1 }]).data); // => [2.5, 2.5, 3, 4]
 * ```
 */
export function frequencyMask(options: FrequencyMaskOptions = {}): SpectrogramTransform<readonly SpecMask[]> {
  const where = 'FrequencyMask';
  checkOptions(where, options, ['maxWidth', 'count', 'value', 'p']);
  const maxWidth = strength(where, 'maxWidth', options.maxWidth ?? 27, { min: 0 });
  const count = checkNumber(where, 'count', options.count ?? 1, { min: 1, integer: true });
  const value = checkMaskValue(where, options.value ?? 'mean');
  const p = checkProbability(where, options.p ?? 1);
  return defineSpectrogramTransform<readonly SpecMask[]>({
    name: where,
    options: { maxWidth: maxWidth.schedule, count, value, p: p.schedule },
    draw(key, { bins }, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return [];
      return Array.from({ length: count }, () => drawMask(draws, strengthAt(maxWidth, progress), bins));
    },
    apply: (spectrogram, masks) => masked(where, spectrogram, 'bins', masks, value),
  });
}
