/** Sound made quicker or slower at the same pitch. */
import { checkNumber, checkOptions, fail } from '@parsimony/core';
import { checkFrames } from './frames';
import { inverse } from './istft';
import { vocoder } from './phase-vocoder';
import { checkWaveform, type Waveform } from './signals';
import { transform } from './stft';

/** Of the transform within. */
export interface VocoderOptions {
  /** Samples of a frame, a whole even number of 4 or more: longer ones keep low tones cleaner, shorter ones beats. Default 512. */
  readonly nFft?: number;
  /** From frame to frame, 1 to half of `nFft`. Default a quarter of `nFft`. */
  readonly hopLength?: number;
}

export interface TimeStretchOptions extends VocoderOptions {
  /** Above 1 is quicker and shorter. In [0.01, 100]. */
  readonly rate: number;
}

/** Both numbers. */
export function checkVocoder(where: string, options: VocoderOptions): Required<VocoderOptions> {
  const nFft = checkNumber(where, 'nFft', options.nFft ?? 512, { min: 4, max: 2 ** 24, integer: true });
  if (nFft % 2 !== 0) fail('option', `${where}: \`nFft\` must be even, received ${nFft}.`);
  return { nFft, hopLength: checkNumber(where, 'hopLength', options.hopLength ?? nFft >> 2, { min: 1, max: nFft / 2, integer: true }) };
}

/**
 * The sound at `rate` times its speed, by a `phaseVocoder` between `stft` and `istft` with Hann windows: round(T / rate) samples, every
 * frequency where it was. A rate of 1 gives the waveform itself.
 *
 * As in the reference, phases of neighbouring bins are not tied to each other: a steady tone between two bins may come out softer, and attacks are
 * smeared over a frame.
 *
 * @throws option: an unknown option or one out of range. data: what is no waveform, or has no more than half of `nFft` samples.
 * @see torchaudio's `TimeStretch`, which takes and gives spectrograms; librosa's `effects.time_stretch`.
 * @example
 * ```ts
 * import { timeStretch } from '@parsimony/augment/audio';
 * const second = { data: Float32Array.from({ length: 8000 }, (_, t) => Math.sin(t)), channels: 1, length: 8000, sampleRate: 8000 };
 * timeStretch(second, { rate: 1.25 }).length; // => 6400
 * timeStretch(second, { rate: 0 }); // throws timeStretch: `rate` must be in [0.01, 100], received 0.
 * ```
 */
export function timeStretch(waveform: Waveform, options: TimeStretchOptions): Waveform {
  const where = 'timeStretch';
  checkOptions(where, options, ['rate', 'nFft', 'hopLength']);
  const rate = checkNumber(where, 'rate', options.rate, { min: 0.01, max: 100 });
  const frames = checkVocoder(where, options);
  checkWaveform(where, waveform);
  return stretched(where, waveform, rate, frames);
}

/** Of what has been checked. */
export function stretched(where: string, waveform: Waveform, rate: number, options: Required<VocoderOptions>): Waveform {
  if (rate === 1) return waveform;
  const frames = checkFrames(where, options);
  const spectrum = vocoder(transform(where, waveform, frames), rate, options.hopLength);
  return inverse(where, spectrum, frames, waveform.sampleRate, stretchedLength(waveform.length, rate));
}

/** At least one sample. */
export const stretchedLength = (length: number, rate: number): number => Math.max(1, Math.round(length / rate));
