/** Background noise at a ratio to the signal. */
import { checkNumber, checkOptions, fail } from '@parsimony/core';
import { checkWaveform, type Waveform } from './signals';

export interface AddNoiseOptions {
  /** Signal-to-noise ratio in dB: 10 log10 of the signal's energy over the noise's. At 0 both are as loud, above 0 the signal is louder. */
  readonly snrDb: number;
  /** The sample of the noise that comes first; behind its end it begins again. 0 or more. Default 0. */
  readonly start?: number;
}

/**
 * y = x + s n, with s^2 sum n^2 = sum x^2 / 10^(snrDb / 10), the sums over time and for each channel on its own.
 *
 * A silent channel stays silent.
 *
 * @param noise - Of the same sample rate, with one channel or as many as the waveform; of any length.
 * @throws option: an unknown option or one out of range. data: what is no waveform, another sample rate or number of channels, or noise that is
 * silent in the stretch that is taken.
 * @see torchaudio's `add_noise`.
 * @example
 * ```ts
 * import { addNoise } from '@parsimony/augment/audio';
 * const sound = { data: Float32Array.of(1, -1, 1, -1), channels: 1, length: 4, sampleRate: 8000 };
 * const noise = { data: Float32Array.of(3, 3), channels: 1, length: 2, sampleRate: 8000 };
 * Array.from(addNoise(sound, noise, { snrDb: 0 }).data); // => [2, 0, 2, 0]
 * ```
 */
export function addNoise(waveform: Waveform, noise: Waveform, options: AddNoiseOptions): Waveform {
  const where = 'addNoise';
  checkOptions(where, options, ['snrDb', 'start']);
  const snrDb = checkNumber(where, 'snrDb', options.snrDb, { min: -200, max: 200 });
  const start = checkNumber(where, 'start', options.start ?? 0, { min: 0, integer: true });
  checkWaveform(where, waveform);
  checkWaveform(`${where}: noise`, noise);
  expectFitting(where, waveform, noise);
  return noisy(waveform, noise, snrDb, start, (channel) => {
    fail('data', `${where}: the noise is silent in the ${waveform.length} samples from ${start % noise.length}${noise.channels === 1 ? '' : ` of channel ${channel}`}; no factor makes it louder.`);
  });
}

/** Refuses noise of another sample rate or number of channels. */
export function expectFitting(where: string, { channels, sampleRate }: Pick<Waveform, 'channels' | 'sampleRate'>, noise: Waveform): void {
  if (noise.sampleRate !== sampleRate) fail('data', `${where}: the noise must have the waveform's sample rate, ${sampleRate} Hz, received ${noise.sampleRate}. \`resample\` it.`);
  if (noise.channels !== 1 && noise.channels !== channels) fail('data', `${where}: the noise must have 1 channel or the waveform's ${channels}, received ${noise.channels}.`);
}

/** Of what has been checked. Where noise is silent, calls `silent` and adds none. */
export function noisy(waveform: Waveform, noise: Waveform, snrDb: number, start: number, silent: (channel: number) => void): Waveform {
  const { data: x, channels, length } = waveform;
  const data = new Float32Array(x.length);
  const part = new Float64Array(length);
  for (let c = 0; c < channels; c++) {
    const from = noise.channels === 1 ? 0 : c * noise.length;
    let [signal, energy] = [0, 0];
    for (let t = 0, at = start % noise.length; t < length; t++, at = at + 1 === noise.length ? 0 : at + 1) {
      const value = noise.data[from + at] as number;
      part[t] = value;
      energy += value * value;
      signal += (x[c * length + t] as number) ** 2;
    }
    if (energy === 0) silent(c);
    const scale = energy === 0 ? 0 : Math.sqrt(signal / energy / 10 ** (snrDb / 10));
    for (let t = 0; t < length; t++) data[c * length + t] = (x[c * length + t] as number) + scale * (part[t] as number);
  }
  return { ...waveform, data };
}
