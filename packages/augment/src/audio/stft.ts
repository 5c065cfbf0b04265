/** The short-time Fourier transform. */
import { fail } from '@parsimony/core';
import { realFft } from './fft';
import { checkFrames, type FrameOptions, type Frames } from './frames';
import { checkWaveform, type ComplexSpectrogram, type Waveform } from './signals';

/**
 * X[k, m] = sum_t w_t x_{t + m hop} exp(-2 pi i k t / nFft) for k = 0 … floor(nFft / 2).
 *
 * @param waveform - [C, T]; T more than nFft / 2 where frames are centered, else nFft or more.
 * @returns [C, floor(nFft / 2) + 1, frames]: 1 + floor(T / hopLength) frames where they are centered (T - 1 for T where nFft is odd), else 1 + floor((T - nFft) / hopLength).
 * @throws option: an unknown option or one out of range. data: what is no waveform, or is too short.
 * @see PyTorch's `torch.stft` with `onesided` and `pad_mode='reflect'`; Allen, "Short term spectral analysis, synthesis, and modification by discrete
 * Fourier transform" (1977).
 * @example
 * ```ts
 * import { stft } from '@parsimony/augment/audio';
 * const tone = { data: Float32Array.from({ length: 8000 }, (_, t) => Math.cos(2 * Math.PI * 0.125 * t)), channels: 1, length: 8000, sampleRate: 8000 };
 * const { re, im, bins, frames } = stft(tone, { nFft: 256, hopLength: 128 });
 * [bins, frames]; // => [129, 63]
 * const loudest = Array.from({ length: bins }, (_, k) => Math.hypot(re[k * frames + 30] ?? 0, im[k * frames + 30] ?? 0));
 * loudest.indexOf(Math.max(...loudest)); // => 32
 * ```
 */
export function stft(waveform: Waveform, options: FrameOptions = {}): ComplexSpectrogram {
  const frames = checkFrames('stft', options);
  checkWaveform('stft', waveform);
  return transform('stft', waveform, frames);
}

/** Of a waveform and options that have been checked. */
export function transform(where: string, { data, channels, length }: Waveform, { nFft, hopLength, center, window, bins }: Frames): ComplexSpectrogram {
  const pad = center ? nFft >> 1 : 0;
  if (center ? length <= pad : length < nFft) {
    fail('data', `${where}: with \`nFft\` ${nFft} a waveform must have ${center ? pad + 1 : nFft} samples or more, received ${length}. Pad it with silence, or take a smaller \`nFft\`.`);
  }
  const count = 1 + Math.floor((length + 2 * pad - nFft) / hopLength);
  const [re, im] = [new Float64Array(channels * bins * count), new Float64Array(channels * bins * count)];
  const fft = realFft(nFft);
  const frame = new Float64Array(nFft);
  for (let c = 0; c < channels; c++) {
    const channel = data.subarray(c * length, (c + 1) * length);
    for (let m = 0; m < count; m++) {
      for (let t = 0, from = m * hopLength - pad; t < nFft; t++, from++) frame[t] = (window[t] as number) * (channel[mirrored(from, length)] as number);
      const [real, imaginary] = fft.forward(frame);
      for (let k = 0, to = c * bins * count + m; k < bins; k++, to += count) {
        re[to] = real[k] as number;
        im[to] = imaginary[k] as number;
      }
    }
  }
  return { re, im, channels, bins, frames: count };
}

/** Continued at both ends without repeating the last sample: …, 2, 1, 0, 1, 2, … */
const mirrored = (i: number, n: number): number => (i < 0 ? -i : i < n ? i : 2 * (n - 1) - i);
