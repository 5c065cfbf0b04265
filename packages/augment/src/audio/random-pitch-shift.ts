/** Sound of random pitch. */
import { checkOptions, type Schedule } from '@parsimony/core';
import { Draws } from '../transform/draws';
import { checkProbability, checkRange, strengthAt } from '../transform/options';
import { shiftedPitch } from './pitch-shift';
import { checkVocoder, type VocoderOptions } from './time-stretch';
import { defineWaveformTransform, type WaveformTransform } from './transform';

export interface RandomPitchShiftOptions extends VocoderOptions {
  /** Least and most, in [-48, 48]. Default [-2, 2]. */
  readonly semitones?: readonly [low: number, high: number];
  /** Probability for each clip, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/**
 * `pitchShift` by a number of semitones, uniform in a range; not only whole ones.
 *
 * Drawn: that number; null where nothing is changed.
 *
 * @throws option: an unknown option or one out of range. data: clips of no more than half of `nFft` samples.
 * @example
 * ```ts
 * import { randomPitchShift } from '@parsimony/augment/audio';
 * String(randomPitchShift({ nFft: 1024 })); // => 'RandomPitchShift(semitones=[-2, 2], p=1, nFft=1024, hopLength=256)'
 * ```
 */
export function randomPitchShift(options: RandomPitchShiftOptions = {}): WaveformTransform<number | null> {
  const where = 'RandomPitchShift';
  checkOptions(where, options, ['semitones', 'p', 'nFft', 'hopLength']);
  const [low, high] = checkRange(where, 'semitones', options.semitones ?? [-2, 2], { min: -48, max: 48 });
  const p = checkProbability(where, options.p ?? 1);
  const vocoder = checkVocoder(where, options);
  return defineWaveformTransform<number | null>({
    name: where,
    options: { semitones: [low, high], p: p.schedule, ...vocoder },
    draw(key, _, progress) {
      const draws = new Draws(key);
      return draws.coin(strengthAt(p, progress)) ? draws.uniform(low, high) : null;
    },
    apply: (waveform, semitones) => (semitones === null ? waveform : shiftedPitch(where, waveform, semitones, vocoder)),
  });
}
