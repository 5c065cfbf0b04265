/** Transforms of sound over many clips. */
import { fail, type Json, type Progress, type RngKey } from '@parsimony/core';
import { childKey } from '../transform/draws';
import { checkAudioTransform } from './compose-audio';
import { checkSpectrogram, checkWaveform, type Spectrogram, type SpectrogramSize, type Waveform, type WaveformSize } from './signals';
import type { SignalTransform } from './transform';

/**
 * The parameters of a transform for each of several clips, clip i having child i of the key: what one gets does not depend on which others there are.
 *
 * @param sizes - Of the clips; the clips themselves will do.
 * @param progress - Where the run is, for options that are schedules. Default: its first step.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawAudio, randomShift } from '@parsimony/augment/audio';
 * const size = { channels: 1, length: 16000, sampleRate: 16000 };
 * const [a = 0] = drawAudio(randomShift({ maxShare: 0.25 }), random.key(1), [size]);
 * Math.abs(a ?? 0) <= 4000; // => true
 * ```
 */
export function drawAudio<S extends WaveformSize | SpectrogramSize, P extends Json>(
  transform: Pick<SignalTransform<unknown, S, P>, 'draw'>, key: RngKey, sizes: readonly S[], progress: Progress = { step: 0, totalSteps: 1 },
): P[] {
  checkAudioTransform('drawAudio', 'transform', transform);
  return sizes.map((size, i) => transform.draw(childKey(key, i), size, progress));
}

/**
 * Each clip changed by its parameters.
 *
 * @throws data: what is no such signal, or another number of parameters.
 * @example
 * ```ts
 * import { applyAudio, randomGain } from '@parsimony/augment/audio';
 * const sound = { data: Float32Array.of(0.5, -0.25), channels: 1, length: 2, sampleRate: 8000 };
 * Array.from(applyAudio(randomGain(), [sound], [20])[0]?.data ?? []); // => [5, -2.5]
 * ```
 */
export function applyAudio<T extends Waveform | Spectrogram, P extends Json>(transform: Pick<SignalTransform<T, unknown, P>, 'apply' | 'takes'>, clips: readonly T[], params: readonly P[]): T[] {
  const where = 'applyAudio';
  checkAudioTransform(where, 'transform', transform);
  if (clips.length !== params.length) fail('data', `${where}: expected parameters for each of ${clips.length} clips, received ${params.length}.`);
  return clips.map((clip, i) => {
    if (transform.takes === 'waveform') checkWaveform(`${where}: clip ${i}`, clip as Waveform);
    else checkSpectrogram(`${where}: clip ${i}`, clip as Spectrogram);
    return transform.apply(clip, params[i] as P);
  });
}
