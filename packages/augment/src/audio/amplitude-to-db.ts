/** Decibels. */
import { checkChoice, checkNumber, checkOptions } from '@parsimony/core';
import { checkSpectrogram, type Spectrogram } from './signals';

export interface AmplitudeToDbOptions {
  /** 'power': 10 log10. 'magnitude': 20 log10. Default 'power'. */
  readonly kind?: 'power' | 'magnitude';
  /** What becomes 0 dB, above 0. Default 1. */
  readonly ref?: number;
  /** Least value that is told from smaller ones, above 0. Default 1e-10. */
  readonly min?: number;
  /** Everything further below the loudest value is raised to that distance from it, in dB, 0 or more. Default: nothing is. */
  readonly topDb?: number;
}

/**
 * 10 log10(max(x, min) / max(ref, min)), or 20 log10 of magnitudes; with `topDb` no less than the greatest of the spectrogram less that.
 *
 * @throws option: an unknown option or one out of range. data: what is no spectrogram.
 * @see torchaudio's `amplitude_to_DB`, whose `amin` is `min`.
 * @example
 * ```ts
 * import { amplitudeToDb } from '@parsimony/augment/audio';
 * const powers = { data: Float32Array.of(1, 0.1, 0.001), channels: 1, bins: 3, frames: 1 };
 * Array.from(amplitudeToDb(powers).data); // => [0, -10, -30]
 * Array.from(amplitudeToDb(powers, { topDb: 20 }).data); // => [0, -10, -20]
 * ```
 */
export function amplitudeToDb(spectrogram: Spectrogram, options: AmplitudeToDbOptions = {}): Spectrogram {
  const where = 'amplitudeToDb';
  checkOptions(where, options, ['kind', 'ref', 'min', 'topDb']);
  const factor = checkChoice(where, 'kind', options.kind ?? 'power', ['power', 'magnitude']) === 'power' ? 10 : 20;
  const min = checkNumber(where, 'min', options.min ?? 1e-10, { min: 0, minExclusive: true });
  const ref = checkNumber(where, 'ref', options.ref ?? 1, { min: 0, minExclusive: true });
  const topDb = options.topDb === undefined ? Infinity : checkNumber(where, 'topDb', options.topDb, { min: 0 });
  checkSpectrogram(where, spectrogram);
  const zero = factor * Math.log10(Math.max(ref, min));
  const decibels = Float64Array.from(spectrogram.data, (value) => factor * Math.log10(Math.max(value, min)) - zero);
  const least = decibels.reduce((most, value) => Math.max(most, value), -Infinity) - topDb;
  return { ...spectrogram, data: Float32Array.from(decibels, (value) => Math.max(value, least)) };
}
