/** The bytes of a WAV file, from sound. */
import { checkChoice, checkOptions, fail, show } from '@parsimony/core';
import { EXTENSIBLE, sampleFormats, subformatTail, type WavAudio, type WavFormat, wavFormats } from './format';

export interface WavOptions {
  /** How samples are written. Whole numbers hold [-1, 1); what lies beyond is cut off. Default 'int16'. */
  readonly format?: WavFormat;
}

/**
 * A WAV file: x becomes round(x 2^(b - 1)), cut off to b bits; floats stay as they are. `readWav` gives the same sound back, to half a step of
 * the format: 2^-b. More than two channels or 16 bits are written as WAVE_FORMAT_EXTENSIBLE, floats of one or two channels as plain ones.
 *
 * @param audio - `data` [C, T] in [-1, 1], one channel after the other; T may be 0.
 * @throws option: an unknown option or format. data: a length that does not agree, samples that are not finite, more than 4 GB.
 * @example
 * ```ts
 * import { writeWav } from '@parsimony/datasets';
 * const second = { data: new Float32Array(16000), channels: 1, length: 16000, sampleRate: 16000 };
 * writeWav(second).length; // => 32044
 * writeWav(second, { format: 'int12' as never }); // throws writeWav: `format` must be one of 'uint8', 'int16'
 * ```
 * @see `readWav`.
 */
export function writeWav(audio: WavAudio, options: WavOptions = {}): Uint8Array<ArrayBuffer> {
  const where = 'writeWav';
  checkOptions(where, options, ['format']);
  const { bytes: width, tag, write } = sampleFormats[checkChoice(where, 'format', options.format ?? 'int16', wavFormats)];
  checkWavAudio(where, audio);
  const { data, channels, length, sampleRate } = audio;
  const frame = channels * width;
  const size = frame * length;
  const extensible = channels > 2 || (tag === 1 && width > 2);
  const head = extensible ? 40 : tag === 1 ? 16 : 18;
  // Formats other than plain PCM say in a `fact` chunk how many samples there are.
  const fact = extensible || tag !== 1 ? 12 : 0;
  const total = 12 + 8 + head + fact + 8 + size + (size % 2);
  if (total - 8 > 0xffffffff || frame > 0xffff || sampleRate * frame > 0xffffffff) {
    fail('data', `${where}: ${channels} channels of ${length} samples at ${sampleRate} Hz are more than a WAV file can hold: 4 GB, 4 GB a second, 65535 bytes for the samples of one time.`);
  }
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  let at = 0;
  const text = (value: string): void => { for (const char of value) view.setUint8(at++, char.charCodeAt(0)); };
  const u16 = (value: number): void => { view.setUint16(at, value, true); at += 2; };
  const u32 = (value: number): void => { view.setUint32(at, value, true); at += 4; };
  text('RIFF'); u32(total - 8); text('WAVE');
  text('fmt '); u32(head); u16(extensible ? EXTENSIBLE : tag); u16(channels); u32(sampleRate); u32(sampleRate * frame); u16(frame); u16(width * 8);
  if (extensible) {
    // 22 bytes follow: valid bits, speakers (front centre, front left and right, else none said), and the format's identifier.
    u16(22); u16(width * 8); u32([0, 4, 3][channels] ?? 0); u16(tag);
    for (const byte of subformatTail) view.setUint8(at++, byte);
  } else if (tag !== 1) u16(0);
  if (fact > 0) { text('fact'); u32(4); u32(length); }
  text('data'); u32(size);
  for (let t = 0; t < length; t++) {
    for (let c = 0; c < channels; c++, at += width) write(view, at, data[c * length + t] as number);
  }
  return file;
}

/** Refuses what is no sound. */
function checkWavAudio(where: string, audio: WavAudio): void {
  if (audio === null || typeof audio !== 'object') fail('data', `${where}: expected sound as { data, channels, length, sampleRate }, received ${show(audio)}.`);
  const { data, channels, length, sampleRate } = audio;
  if (!(data instanceof Float32Array)) fail('data', `${where}: \`data\` must be a Float32Array [C, T], received ${show(data)}.`);
  for (const [name, n, min] of [['channels', channels, 1], ['length', length, 0], ['sampleRate', sampleRate, 1]] as const) {
    if (!Number.isInteger(n) || n < min) fail('data', `${where}: \`${name}\` must be a whole number in [${min}, inf), received ${show(n)}.`);
  }
  if (data.length !== channels * length) fail('data', `${where}: \`data\` must have ${channels * length} samples for [${channels}, ${length}], received ${data.length}.`);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) fail('data', `${where}: samples must be finite, received ${data[bad]} in channel ${Math.floor(bad / length)}, sample ${bad % length}.`);
}
