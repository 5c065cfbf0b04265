/** Sound of random loudness. */
import { checkOptions, type Schedule } from '@parsimony/core';
import { Draws } from '../transform/draws';
import { checkProbability, checkRange, strengthAt } from '../transform/options';
import { amplified } from './gain';
import { defineWaveformTransform, type WaveformTransform } from './transform';

export interface RandomGainOptions {
  /** Least and most, in dB. Default [-6, 6]: half to twice the amplitude. */
  readonly db?: readonly [low: number, high: number];
  /** Probability for each clip, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/**
 * `gain` by a number of decibels, uniform in a range.
 *
 * Drawn: that number; null where nothing is changed.
 *
 * @throws option: an unknown option or one out of range.
 * @see torchaudio's `Vol`.
 * @example
 * ```ts
 * import { randomGain } from '@parsimony/augment/audio';
 * String(randomGain({ db: [-3, 0] })); // => 'RandomGain(db=[-3, 0], p=1)'
 * ```
 */
export function randomGain(options: RandomGainOptions = {}): WaveformTransform<number | null> {
  const where = 'RandomGain';
  checkOptions(where, options, ['db', 'p']);
  const [low, high] = checkRange(where, 'db', options.db ?? [-6, 6], { min: -200, max: 200 });
  const p = checkProbability(where, options.p ?? 1);
  return defineWaveformTransform<number | null>({
    name: where,
    options: { db: [low, high], p: p.schedule },
    draw(key, _, progress) {
      const draws = new Draws(key);
      return draws.coin(strengthAt(p, progress)) ? draws.uniform(low, high) : null;
    },
    apply: (waveform, db) => (db === null ? waveform : amplified(waveform, db)),
  });
}
