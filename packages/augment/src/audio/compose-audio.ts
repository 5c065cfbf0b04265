/** Transforms of sound one after the other. */
import { fail, type Json, show } from '@parsimony/core';
import { childKey } from '../transform/draws';
import { type AudioTransform, defineSignalTransform, type SignalTransform, type SpectrogramTransform, type WaveformTransform } from './transform';

/**
 * Transforms one after the other, all of waveforms or all of spectrograms, each with a key of its own: part i draws with child i of the key.
 *
 * Drawn: the parameters of each part.
 *
 * @param transforms - At least one; or `{ transforms }`, as JSON has it.
 * @throws option: what is no transform, or takes another signal than the first.
 * @example
 * ```ts
 * import { composeAudio, frequencyMask, timeMask } from '@parsimony/augment/audio';
 * String(composeAudio([frequencyMask(), timeMask({ maxWidth: 70 })])).startsWith('ComposeAudio(transforms=[FrequencyMask('); // => true
 * ```
 */
export function composeAudio(transforms: readonly WaveformTransform[] | { readonly transforms: readonly WaveformTransform[] }): WaveformTransform<readonly Json[]>;
export function composeAudio(transforms: readonly SpectrogramTransform[] | { readonly transforms: readonly SpectrogramTransform[] }): SpectrogramTransform<readonly Json[]>;
export function composeAudio(list: unknown): WaveformTransform<readonly Json[]> | SpectrogramTransform<readonly Json[]> {
  const where = 'composeAudio';
  const transforms: unknown = Array.isArray(list) ? list : (list as { transforms?: unknown } | null)?.transforms;
  if (!Array.isArray(transforms) || transforms.length === 0) return fail('option', `${where}: \`transforms\` must be a list of at least one transform, received ${show(transforms ?? list)}.`);
  const given = transforms.map((item: unknown, i) => checkAudioTransform(where, `transforms[${i}]`, item));
  const takes = given[0]?.takes ?? 'waveform';
  const other = given.findIndex((part) => part.takes !== takes);
  if (other !== -1) fail('option', `${where}: all transforms must take ${takes}s, as the first does; \`transforms[${other}]\`, ${given[other]?.name}, takes ${given[other]?.takes}s. Compose both kinds apart, with the spectrogram between.`);
  const parts = given as readonly SignalTransform<unknown, unknown>[];
  return defineSignalTransform<unknown, unknown, readonly Json[]>({
    name: 'ComposeAudio',
    options: { transforms: parts },
    takes,
    sizeAfter: (size, params) => parts.reduce((before, part, i) => part.sizeAfter(before, params[i] as Json), size),
    draw(key, size, progress) {
      let before = size;
      return parts.map((part, i) => {
        const drawn = part.draw(childKey(key, i), before, progress);
        before = part.sizeAfter(before, drawn);
        return drawn;
      });
    },
    apply: (signal, params) => parts.reduce((before, part, i) => part.apply(before, params[i] as Json), signal),
  }) as WaveformTransform<readonly Json[]> | SpectrogramTransform<readonly Json[]>;
}

/** Refuses what is no transform of sound. */
export function checkAudioTransform(where: string, name: string, value: unknown): AudioTransform {
  const given = value as Partial<AudioTransform> | null;
  if (given !== null && typeof given === 'object' && typeof given.draw === 'function' && typeof given.sizeAfter === 'function' && (given.takes === 'waveform' || given.takes === 'spectrogram')) {
    return given as AudioTransform;
  }
  return fail('option', `${where}: \`${name}\` must be a transform of sound, received ${show(value)}.${typeof value === 'function' ? ' Call the factory: `randomGain()`.' : ' Make one of JSON with `parseAudioTransform`.'}`);
}
