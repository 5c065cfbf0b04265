/** Sound from its short-time Fourier transform. */
import { checkNumber, fail } from '@parsimony/core';
import { realFft } from './fft';
import { checkFrames, expectBins, type FrameOptions, type Frames } from './frames';
import { checkComplex, type ComplexSpectrogram, type Waveform } from './signals';

export interface IstftOptions extends FrameOptions {
  /** In Hz. */
  readonly sampleRate: number;
  /** Samples to give: cut off, or filled up with zeros. Default: what the frames hold, (frames - 1) hopLength where they are centered. */
  readonly length?: number;
}

/**
 * The sound whose transform is nearest to the given one: x_t = sum_m w_{t - m hop} y_m[t - m hop] / sum_m w_{t - m hop}^2, y_m being the inverse
 * transform of frame m. `istft(stft(x))` is x.
 *
 * @param spectrogram - As `stft` gives it, with the same options.
 * @returns [C, length].
 * @throws option: an unknown option or one out of range. data: what is no such spectrogram, or frames that leave gaps between their windows.
 * @see PyTorch's `torch.istft`; Griffin and Lim, "Signal estimation from modified short-time Fourier transform" (1984).
 * @example
 * ```ts
 * import { istft, stft } from '@parsimony/augment/audio';
 * const sound = { data: Float32Array.from({ length: 1000 }, (_, t) => Math.sin(t)), channels: 1, length: 1000, sampleRate: 8000 };
 * const again = istft(stft(sound, { nFft: 128 }), { nFft: 128, sampleRate: 8000, length: 1000 });
 * again.data.every((value, t) => Math.abs(value - (sound.data[t] ?? NaN)) < 1e-6); // => true
 * ```
 */
export function istft(spectrogram: ComplexSpectrogram, options: IstftOptions): Waveform {
  const where = 'istft';
  const frames = checkFrames(where, options, ['sampleRate', 'length']);
  const sampleRate = checkNumber(where, 'sampleRate', options.sampleRate, { min: 1, integer: true });
  const length = options.length === undefined ? undefined : checkNumber(where, 'length', options.length, { min: 1, integer: true });
  checkComplex(where, spectrogram);
  expectBins(where, frames, spectrogram.bins);
  return inverse(where, spectrogram, frames, sampleRate, length);
}

/** Of a spectrogram and options that have been checked. */
export function inverse(where: string, { re, im, channels, bins, frames: count }: ComplexSpectrogram, { nFft, hopLength, center, window }: Frames, sampleRate: number, given?: number): Waveform {
  const start = center ? nFft >> 1 : 0;
  const whole = nFft + hopLength * (count - 1);
  const length = given ?? whole - 2 * start;
  if (length < 1) fail('data', `${where}: ${count} frames hold no sample where they are centered. Give the \`length\`.`);
  const end = Math.min(whole, start + length);
  const weight = new Float64Array(whole);
  for (let m = 0; m < count; m++) for (let t = 0; t < nFft; t++) (weight[m * hopLength + t] as number) += (window[t] as number) ** 2;
  const gap = weight.subarray(start, end).findIndex((w) => w < 1e-11);
  if (gap !== -1) fail('data', `${where}: no window reaches sample ${gap}. Take a smaller \`hopLength\`, or \`center\` where windows begin at 0.`);
  const data = new Float32Array(channels * length);
  const fft = realFft(nFft);
  const [real, imaginary] = [new Float64Array(bins), new Float64Array(bins)];
  const sum = new Float64Array(whole);
  for (let c = 0; c < channels; c++) {
    sum.fill(0);
    for (let m = 0; m < count; m++) {
      for (let k = 0, from = c * bins * count + m; k < bins; k++, from += count) {
        real[k] = re[from] as number;
        imaginary[k] = im[from] as number;
      }
      const frame = fft.inverse(real, imaginary);
      for (let t = 0, to = m * hopLength; t < nFft; t++, to++) (sum[to] as number) += (window[t] as number) * (frame[t] as number);
    }
    for (let t = start; t < end; t++) data[c * length + t - start] = (sum[t] as number) / (weight[t] as number);
  }
  return { data, channels, length, sampleRate };
}
