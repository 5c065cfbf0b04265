/** Power spectrograms and their mel bands. */
import { checkNumber } from '@parsimony/core';
import { checkFrames, type FrameOptions } from './frames';
import { filterbank, type MelOptions, melOptions } from './mel-filterbank';
import { checkWaveform, type Spectrogram, type Waveform } from './signals';
import { transform } from './stft';

export interface SpectrogramOptions extends FrameOptions {
  /** Exponent of the magnitude: 1, or 2 for the power. Above 0. Default 2. */
  readonly power?: number;
}

export interface MelSpectrogramOptions extends SpectrogramOptions, MelOptions {}

/**
 * |X[k, m]|^power, X being the `stft`.
 *
 * @returns [C, floor(nFft / 2) + 1, frames].
 * @throws option: an unknown option or one out of range. data: what is no waveform, or is too short.
 * @see torchaudio's `Spectrogram`.
 * @example
 * ```ts
 * import { spectrogram } from '@parsimony/augment/audio';
 * spectrogram({ data: new Float32Array(16000), channels: 1, length: 16000, sampleRate: 16000 }).bins; // => 201
 * ```
 */
export function spectrogram(waveform: Waveform, options: SpectrogramOptions = {}): Spectrogram {
  const { values, ...size } = powers('spectrogram', waveform, options);
  return { data: Float32Array.from(values), ...size };
}

/**
 * Y[i, m] = sum_k H[i, k] |X[k, m]|^power: the `spectrogram` through a `melFilterbank`. With `amplitudeToDb` what networks of speech and sound take.
 *
 * @returns [C, M, frames].
 * @throws option: an unknown option or one out of range, too many bands for `nFft`. data: what is no waveform, or is too short.
 * @see torchaudio's `MelSpectrogram`, whose `mel_scale` is `scale`.
 * @example
 * ```ts
 * import { melSpectrogram } from '@parsimony/augment/audio';
 * const second = { data: Float32Array.from({ length: 16000 }, (_, t) => Math.sin(0.3 * t)), channels: 1, length: 16000, sampleRate: 16000 };
 * const { channels, bins, frames } = melSpectrogram(second, { nFft: 512, hopLength: 160, mels: 64 });
 * [channels, bins, frames]; // => [1, 64, 101]
 * ```
 */
export function melSpectrogram(waveform: Waveform, options: MelSpectrogramOptions = {}): Spectrogram {
  const where = 'melSpectrogram';
  const { values, channels, bins, frames } = powers(where, waveform, options, melOptions);
  const { sampleRate } = waveform;
  const { data: weights, mels } = filterbank(where, { bins, sampleRate, ...pick(options) });
  const data = new Float32Array(channels * mels * frames);
  const row = new Float64Array(frames);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < mels; i++) {
      row.fill(0);
      for (let k = 0; k < bins; k++) {
        const weight = weights[i * bins + k] as number;
        // Most of a triangle is 0.
        if (weight === 0) continue;
        for (let m = 0, from = (c * bins + k) * frames; m < frames; m++, from++) (row[m] as number) += weight * (values[from] as number);
      }
      data.set(row, (c * mels + i) * frames);
    }
  }
  return { data, channels, bins: mels, frames };
}

const pick = (options: MelSpectrogramOptions): MelOptions => Object.fromEntries(melOptions.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));

function powers(where: string, waveform: Waveform, options: SpectrogramOptions, more: readonly string[] = []) {
  const frames = checkFrames(where, options, ['power', ...more]);
  const power = checkNumber(where, 'power', options.power ?? 2, { min: 0, minExclusive: true });
  checkWaveform(where, waveform);
  const { re, im, ...size } = transform(where, waveform, frames);
  const values = re.map((a, i) => {
    const square = a * a + (im[i] as number) ** 2;
    return power === 2 ? square : square ** (power / 2);
  });
  return { values, ...size };
}
