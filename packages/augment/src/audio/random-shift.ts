/** Sound moved in time at random. */
import { checkChoice, checkNumber, checkOptions, type Schedule } from '@parsimony/core';
import { Draws } from '../transform/draws';
import { checkProbability, strengthAt } from '../transform/options';
import { moved, type ShiftMode, shiftModes } from './shift';
import { defineWaveformTransform, type WaveformTransform } from './transform';

export interface RandomShiftOptions {
  /** The farthest, as a share of the clip's length, in [0, 1]. Default 0.1. */
  readonly maxShare?: number;
  /** 'zero' brings silence in, 'roll' what left at the other end. Default 'zero'. */
  readonly mode?: ShiftMode;
  /** Probability for each clip, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/**
 * `shift` by a number of samples, uniform in {-m, …, m} with m = floor(maxShare T).
 *
 * Drawn: that number; null where nothing is changed.
 *
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { randomShift } from '@parsimony/augment/audio';
 * String(randomShift({ mode: 'roll' })); // => 'RandomShift(maxShare=0.1, mode="roll", p=1)'
 * ```
 */
export function randomShift(options: RandomShiftOptions = {}): WaveformTransform<number | null> {
  const where = 'RandomShift';
  checkOptions(where, options, ['maxShare', 'mode', 'p']);
  const maxShare = checkNumber(where, 'maxShare', options.maxShare ?? 0.1, { min: 0, max: 1 });
  const mode = checkChoice(where, 'mode', options.mode ?? 'zero', shiftModes);
  const p = checkProbability(where, options.p ?? 1);
  return defineWaveformTransform<number | null>({
    name: where,
    options: { maxShare, mode, p: p.schedule },
    draw(key, { length }, progress) {
      const draws = new Draws(key);
      const most = Math.floor(maxShare * length);
      return draws.coin(strengthAt(p, progress)) ? draws.between(-most, most) : null;
    },
    apply: (waveform, samples) => (samples === null ? waveform : moved(waveform, samples, mode)),
  });
}
