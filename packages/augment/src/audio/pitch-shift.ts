/** Sound made higher or lower at the same speed. */
import { checkNumber, checkOptions } from '@parsimony/core';
import { resampled } from './resample';
import { checkWaveform, type Waveform } from './signals';
import { checkVocoder, stretched, type VocoderOptions } from './time-stretch';

export interface PitchShiftOptions extends VocoderOptions {
  /** Twelfths of an octave, up or down, in [-48, 48]; any number. */
  readonly semitones: number;
}

/**
 * Every frequency times 2^(semitones / 12), the length kept: stretched by that factor, then resampled so much faster. 0 gives the waveform itself.
 *
 * @returns As many samples as came; a missing last few are silent.
 * @throws option: an unknown option or one out of range. data: what is no waveform, or has no more than half of `nFft` samples.
 * @see torchaudio's `pitch_shift`. Frequencies that would leave what the sample rate can hold are lost, as there.
 * @example
 * ```ts
 * import { pitchShift } from '@parsimony/augment/audio';
 * const second = { data: Float32Array.from({ length: 8000 }, (_, t) => Math.sin(t)), channels: 1, length: 8000, sampleRate: 8000 };
 * pitchShift(second, { semitones: -3 }).length; // => 8000
 * pitchShift(second, { semitones: 60 }); // throws pitchShift: `semitones` must be in [-48, 48], received 60.
 * ```
 */
export function pitchShift(waveform: Waveform, options: PitchShiftOptions): Waveform {
  const where = 'pitchShift';
  checkOptions(where, options, ['semitones', 'nFft', 'hopLength']);
  const semitones = checkNumber(where, 'semitones', options.semitones, { min: -48, max: 48 });
  const vocoder = checkVocoder(where, options);
  checkWaveform(where, waveform);
  return shiftedPitch(where, waveform, semitones, vocoder);
}

/** Of what has been checked. */
export function shiftedPitch(where: string, waveform: Waveform, semitones: number, vocoder: Required<VocoderOptions>): Waveform {
  if (semitones === 0) return waveform;
  const { channels, length, sampleRate } = waveform;
  const rate = 2 ** (-semitones / 12);
  const slow = stretched(where, waveform, rate, vocoder);
  // A whole number of Hz, as in torchaudio: at 16 kHz the pitch is at most 0.1 of a hundredth of a semitone off.
  const shifted = resampled({ ...slow, sampleRate: Math.max(1, Math.floor(sampleRate / rate)) }, sampleRate);
  const data = new Float32Array(channels * length);
  for (let c = 0; c < channels; c++) data.set(shifted.data.subarray(c * shifted.length, c * shifted.length + Math.min(length, shifted.length)), c * length);
  return { data, channels, length, sampleRate };
}
