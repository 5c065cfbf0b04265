/** Sound of random speed. */
import { checkBoolean, checkOptions, type Schedule } from '@parsimony/core';
import { Draws } from '../transform/draws';
import { checkProbability, checkRange, strengthAt } from '../transform/options';
import type { Waveform } from './signals';
import { checkVocoder, stretched, stretchedLength, type VocoderOptions } from './time-stretch';
import { defineWaveformTransform, type WaveformTransform } from './transform';

export interface RandomTimeStretchOptions extends VocoderOptions {
  /** Least and most, in [0.01, 100]. Default [0.8, 1.25]. */
  readonly rate?: readonly [low: number, high: number];
  /** Cut the end off, or fill it with silence, so that clips keep their length. Default true. */
  readonly keepLength?: boolean;
  /** Probability for each clip, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/**
 * `timeStretch` by a rate whose logarithm is uniform, so that twice and half the speed are as likely.
 *
 * Drawn: the rate; null where nothing is changed.
 *
 * @throws option: an unknown option or one out of range. data: clips of no more than half of `nFft` samples.
 * @example
 * ```ts
 * import { randomTimeStretch } from '@parsimony/augment/audio';
 * randomTimeStretch({ keepLength: false }).sizeAfter({ channels: 1, length: 1000, sampleRate: 8000 }, 0.8).length; // => 1250
 * ```
 */
export function randomTimeStretch(options: RandomTimeStretchOptions = {}): WaveformTransform<number | null> {
  const where = 'RandomTimeStretch';
  checkOptions(where, options, ['rate', 'keepLength', 'p', 'nFft', 'hopLength']);
  const [low, high] = checkRange(where, 'rate', options.rate ?? [0.8, 1.25], { min: 0.01, max: 100 });
  const keepLength = checkBoolean(where, 'keepLength', options.keepLength ?? true);
  const p = checkProbability(where, options.p ?? 1);
  const vocoder = checkVocoder(where, options);
  return defineWaveformTransform<number | null>({
    name: where,
    options: { rate: [low, high], keepLength, p: p.schedule, ...vocoder },
    sizeAfter: (size, rate) => (rate === null || keepLength ? size : { ...size, length: stretchedLength(size.length, rate) }),
    draw(key, _, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return null;
      // The logarithm of a rate and back may be a last bit outside.
      return Math.min(Math.max(Math.exp(draws.uniform(Math.log(low), Math.log(high))), low), high);
    },
    apply(waveform, rate) {
      if (rate === null) return waveform;
      const out = stretched(where, waveform, rate, vocoder);
      return keepLength ? ofLength(out, waveform.length) : out;
    },
  });
}

/** Cut off at the end, or filled up with zeros there. */
function ofLength(waveform: Waveform, length: number): Waveform {
  if (waveform.length === length) return waveform;
  const data = new Float32Array(waveform.channels * length);
  for (let c = 0; c < waveform.channels; c++) data.set(waveform.data.subarray(c * waveform.length, c * waveform.length + Math.min(length, waveform.length)), c * length);
  return { ...waveform, data, length };
}
