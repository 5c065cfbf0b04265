/** WAV files on disk and on the web. */
import { fail, isNode, replaceFile, show } from '@parsimony/core';
import { loadFile } from '../source';
import type { WavAudio } from './format';
import { readWav, type WavFile } from './read-wav';
import { type WavOptions, writeWav } from './write-wav';

/**
 * The sound in a WAV file (Node) or under a URL, as `readWav` gives it; the file may be compressed by gzip.
 *
 * @throws file: there is none, or it cannot be read. data: what `readWav` refuses, with the name of the file.
 * @example
 * ```ts
 * import { loadWav } from '@parsimony/datasets';
 * await loadWav('nowhere.wav'); // throws nowhere.wav: there is no such file.
 * ```
 */
export async function loadWav(place: string): Promise<WavFile> {
  if (typeof place !== 'string' || place === '') fail('option', `loadWav: expected a file or a URL, received ${show(place)}.`);
  return readWav(await loadFile(place), place);
}

/**
 * Writes a WAV file, in Node. It is written beside its place and then moved there, so that a crash or a full disk leaves what was there before.
 *
 * @throws option, data: what `writeWav` refuses. file: it cannot be written.
 * @example
 * ```ts
 * import { saveWav } from '@parsimony/datasets';
 * const tone = { data: Float32Array.from({ length: 8000 }, (_, t) => Math.sin(0.3 * t)), channels: 1, length: 8000, sampleRate: 8000 };
 * await saveWav('no/such/folder/tone.wav', tone); // throws no/such/folder/tone.wav: could not be written
 * ```
 */
export async function saveWav(path: string, audio: WavAudio, options: WavOptions = {}): Promise<void> {
  const where = 'saveWav';
  if (typeof path !== 'string' || path === '') fail('option', `${where}: expected a path, received ${show(path)}.`);
  const bytes = writeWav(audio, options);
  if (!isNode()) fail('file', `${where}: there are no files outside Node. Offer the bytes of \`writeWav\` as a download.`);
  await replaceFile(path, bytes);
}
