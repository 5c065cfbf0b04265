/** Sound at another sample rate. */
import { checkNumber, checkOptions } from '@parsimony/core';
import { checkWaveform, type Waveform } from './signals';

export interface ResampleOptions {
  /** In Hz. */
  readonly sampleRate: number;
  /** Zero crossings of the sinc on each side, 1 or more: more of them cut off more sharply. Default 6. */
  readonly lowpassFilterWidth?: number;
  /** Where it cuts off, as a share of half the lower rate, in (0, 1]. Default 0.99. */
  readonly rolloff?: number;
}

/**
 * y_j = s sum_n x_n sinc(t) cos^2(pi t / (2 width)) over |t| < width, t = base (n / from - j / to), base = rolloff min(from, to), s = base / from:
 * a low pass below half of the lower rate and an interpolation in one. The same rate gives the waveform itself.
 *
 * @returns ceil(T to / from) samples.
 * @throws option: an unknown option or one out of range. data: what is no waveform.
 * @see torchaudio's `resample` with `sinc_interp_hann`; Smith, "Digital Audio Resampling" (CCRMA, Stanford).
 * @example
 * ```ts
 * import { resample } from '@parsimony/augment/audio';
 * const second = { data: Float32Array.from({ length: 16000 }, (_, t) => Math.sin(0.1 * t)), channels: 1, length: 16000, sampleRate: 16000 };
 * const { length, data } = resample(second, { sampleRate: 8000 });
 * [length, Math.abs((data[4000] ?? 0) - Math.sin(0.2 * 4000)) < 0.01]; // => [8000, true]
 * ```
 */
export function resample(waveform: Waveform, options: ResampleOptions): Waveform {
  const where = 'resample';
  checkOptions(where, options, ['sampleRate', 'lowpassFilterWidth', 'rolloff']);
  const to = checkNumber(where, 'sampleRate', options.sampleRate, { min: 1, integer: true });
  const width = checkNumber(where, 'lowpassFilterWidth', options.lowpassFilterWidth ?? 6, { min: 1, integer: true });
  const rolloff = checkNumber(where, 'rolloff', options.rolloff ?? 0.99, { min: 0, minExclusive: true, max: 1 });
  checkWaveform(where, waveform);
  return resampled(waveform, to, width, rolloff);
}

/** Of what has been checked. */
export function resampled({ data: x, channels, length, sampleRate }: Waveform, sampleRateTo: number, width = 6, rolloff = 0.99): Waveform {
  if (sampleRate === sampleRateTo) return { data: x, channels, length, sampleRate };
  const common = divisor(sampleRate, sampleRateTo);
  const [from, to] = [sampleRate / common, sampleRateTo / common];
  const base = rolloff * Math.min(from, to);
  const reach = Math.ceil((width * from) / base);
  const count = Math.ceil((length * to) / from);
  const data = new Float32Array(channels * count);
  const taps = new Float64Array(2 * reach + 1);
  // By phase: output j stands between the same inputs as j + to, so that where few phases recur each is computed once.
  for (let phase = 0; phase < Math.min(to, count); phase++) {
    const middle = Math.floor((phase * from) / to);
    for (let i = 0; i < taps.length; i++) taps[i] = tap(base * ((middle - reach + i) / from - phase / to), width) * (base / from);
    for (let j = phase, block = 0; j < count; j += to, block++) {
      const start = block * from + middle - reach;
      const [first, last] = [Math.max(0, -start), Math.min(taps.length, length - start)];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = first; i < last; i++) sum += (taps[i] as number) * (x[c * length + start + i] as number);
        data[c * count + j] = sum;
      }
    }
  }
  return { data, channels, length: count, sampleRate: sampleRateTo };
}

function tap(t: number, width: number): number {
  if (Math.abs(t) >= width) return 0;
  return (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t)) * Math.cos((Math.PI * t) / (2 * width)) ** 2;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
