/** Sound made louder or softer. */
import { checkNumber } from '@parsimony/core';
import { checkWaveform, type Waveform } from './signals';

/**
 * y = x 10^(db / 20). What leaves [-1, 1] is kept; `writeWav` cuts it off. 0 gives the waveform itself.
 *
 * @param db - In [-200, 200].
 * @throws option: a gain out of range. data: what is no waveform.
 * @see torchaudio's `Vol` with `gain_type='db'`, which cuts off.
 * @example
 * ```ts
 * import { gain } from '@parsimony/augment/audio';
 * const sound = { data: Float32Array.of(0.5, -1), channels: 1, length: 2, sampleRate: 8000 };
 * Array.from(gain(sound, 20).data); // => [5, -10]
 * ```
 */
export function gain(waveform: Waveform, db: number): Waveform {
  checkNumber('gain', 'db', db, { min: -200, max: 200 });
  checkWaveform('gain', waveform);
  return amplified(waveform, db);
}

/** Of what has been checked. */
export function amplified(waveform: Waveform, db: number): Waveform {
  if (db === 0) return waveform;
  const factor = 10 ** (db / 20);
  return { ...waveform, data: waveform.data.map((value) => value * factor) };
}
