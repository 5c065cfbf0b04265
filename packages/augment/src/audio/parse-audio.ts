/** Transforms of sound from JSON, as policies are kept in files and checkpoints. */
import { fail, ParsimonyError, show } from '@parsimony/core';
import { isTransformJson } from '../transform/define';
import { type AudioTransformFactory, audioTransformTable } from './table';
import type { AudioTransform } from './transform';

/**
 * The transform that JSON describes: `{ name, ...options }`, the parts of `ComposeAudio` being written the same way.
 *
 * @param json - As `JSON.stringify(transform)` writes it, parsed.
 * @param more - Factories of one's own by name, which come first: `{ BackgroundNoise: (options) => backgroundNoise(options, clips) }` for recordings.
 * @throws option: an unknown name or option, or a bad value, with its path: `transforms[1]: TimeMask: …`.
 * @example
 * ```ts
 * import { composeAudio, parseAudioTransform, randomGain, randomShift } from '@parsimony/augment/audio';
 * const policy = composeAudio([randomGain(), randomShift({ mode: 'roll' })]);
 * String(parseAudioTransform(JSON.parse(JSON.stringify(policy)))) === String(policy); // => true
 * parseAudioTransform({ name: 'Gain' }); // throws parseAudioTransform: unknown transform "Gain".
 * ```
 */
export function parseAudioTransform(json: unknown, more: Readonly<Record<string, AudioTransformFactory>> = {}): AudioTransform {
  return parse(json, '', { ...audioTransformTable, ...more });
}

function parse(json: unknown, path: string, table: Readonly<Record<string, AudioTransformFactory>>): AudioTransform {
  const where = `parseAudioTransform: ${path === '' ? '' : `${path}: `}`;
  if (!isTransformJson(json)) fail('option', `${where}expected a transform as { name, ...options }, received ${show(json)}.`);
  const { name, ...options } = json;
  const factory = Object.hasOwn(table, name) ? table[name] : undefined;
  if (factory === undefined) fail('option', `${where}unknown transform ${show(name)}. Known: ${Object.keys(table).join(', ')}.`);
  const { transforms } = options;
  const parts = Array.isArray(transforms) && { transforms: transforms.map((part: unknown, i) => parse(part, `${path === '' ? '' : `${path}.`}transforms[${i}]`, table)) };
  try {
    return factory({ ...options, ...parts } as never);
  } catch (error) {
    if (error instanceof ParsimonyError) fail(error.code, `${where}${error.message}`, { cause: error });
    throw error;
  }
}
