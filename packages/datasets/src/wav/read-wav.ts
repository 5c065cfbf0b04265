/** Sound from the bytes of a WAV file. */
import { fail } from '@parsimony/core';
import { EXTENSIBLE, formatOf, sampleFormats, subformatTail, type WavAudio, type WavFormat } from './format';

/** What a file says of itself, beside the sound. */
export interface WavFile extends WavAudio {
  readonly format: WavFormat;
}

interface Chunk { readonly id: string; readonly at: number; readonly size: number }
interface Layout { readonly format: WavFormat; readonly channels: number; readonly sampleRate: number }

/**
 * The sound in a WAV file: whole numbers of b bits become x / 2^(b - 1), in [-1, 1); floats stay as they are, to the nearest float32.
 *
 * RIFF with PCM of 8, 16, 24 and 32 bits or IEEE floats of 32 and 64, plain or WAVE_FORMAT_EXTENSIBLE, of any number of channels, with chunks
 * in any order; those it does not know are passed over. A data chunk of size 0xffffffff, as programs write
 * that do not know the length yet, reaches to the end of the file.
 *
 * @param bytes - The whole file.
 * @param name - What to call it in errors.
 * @returns `data` [C, T]: one channel after the other; T is 0 where the file holds no samples.
 * @throws data: not RIFF/WAVE, a truncated file, no `fmt ` or `data` chunk or two of them, another coding (ADPCM, A-law, …), a header whose
 * numbers contradict each other, floats that are not finite; each says at which byte.
 * @example
 * ```ts
 * import { readWav, writeWav } from '@parsimony/datasets';
 * const { data, channels, length, sampleRate, format } = readWav(writeWav({ data: Float32Array.of(0, 0.5, -1), channels: 1, length: 3, sampleRate: 16000 }));
 * [channels, length, sampleRate, format]; // => [1, 3, 16000, 'int16']
 * Array.from(data); // => [0, 0.5, -1]
 * readWav(new Uint8Array(8)); // throws WAV data: expected a WAV file
 * ```
 * @see IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (1991); Microsoft, "Multiple Channel Audio Data and WAVE Files" (2001).
 */
export function readWav(bytes: Uint8Array, name = 'WAV data'): WavFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = chunksOf(view, name);
  const only = (id: string): Chunk => {
    const found = chunks.filter((chunk) => chunk.id === id);
    const [first] = found;
    if (first === undefined) return fail('data', `${name}: no \`${id}\` chunk in ${view.byteLength} bytes; there are ${chunks.map((chunk) => `\`${chunk.id}\``).join(', ') || 'none'}.`);
    if (found[1] !== undefined) fail('data', `${name}: a second \`${id}\` chunk at byte ${found[1].at - 8}; the first is at ${first.at - 8}.`);
    return first;
  };
  const { format, channels, sampleRate } = layoutOf(view, only('fmt '), name);
  const { at, size } = only('data');
  const { bytes: width, read } = sampleFormats[format];
  const frame = width * channels;
  if (size % frame !== 0) fail('data', `${name}: truncated: the \`data\` chunk at byte ${at - 8} holds ${size} bytes, which is no multiple of the ${frame} of ${channels} samples in ${format}.`);
  const length = size / frame;
  const data = new Float32Array(channels * length);
  for (let t = 0, from = at; t < length; t++) {
    for (let c = 0; c < channels; c++, from += width) {
      const value = Math.fround(read(view, from));
      if (!Number.isFinite(value)) fail('data', `${name}: samples must be finite in float32, received ${read(view, from)} at byte ${from} (channel ${c}, sample ${t}).`);
      data[c * length + t] = value;
    }
  }
  return { data, channels, length, sampleRate, format };
}

const tagAt = (view: DataView, at: number): string => String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

/** Every chunk, each checked to lie within the file. */
function chunksOf(view: DataView, name: string): Chunk[] {
  const end = view.byteLength;
  const [riff, wave] = [end < 4 ? '' : tagAt(view, 0), end < 12 ? '' : tagAt(view, 8)];
  if (riff !== 'RIFF' || wave !== 'WAVE') {
    const start = Array.from({ length: Math.min(end, 12) }, (_, i) => view.getUint8(i)).join(' ') || 'nothing';
    if (riff === 'RIFF' && wave === '') fail('data', `${name}: truncated: the header of a WAV file takes 12 bytes, the file has ${end}.`);
    const kind = riff === 'RIFX' ? ' This one is big-endian (RIFX).' : riff === 'RF64' ? ' This one is RF64, for more than 4 GB.' : '';
    fail('data', `${name}: expected a WAV file, which begins with "RIFF", its size and "WAVE", received ${start}.${kind} Convert it to a WAV file first.`);
  }
  const chunks: Chunk[] = [];
  let at = 12;
  // A single byte behind the last chunk is padding: some programs write one where there should be none.
  while (at + 1 < end) {
    if (at + 8 > end) fail('data', `${name}: truncated: the head of a chunk at byte ${at} takes 8 bytes, the file has ${end - at} more.`);
    const [id, said] = [tagAt(view, at), view.getUint32(at + 4, true)];
    const left = end - at - 8;
    // Written before the length was known.
    const streamed = id === 'data' && said === 0xffffffff;
    if (!streamed && said > left) fail('data', `${name}: truncated: the \`${id}\` chunk at byte ${at} holds ${said} bytes, the file has ${left} more. Copy it again.`);
    const size = streamed ? left : said;
    chunks.push({ id, at: at + 8, size });
    at += 8 + size + (size % 2);
  }
  return chunks;
}

function layoutOf(view: DataView, { at, size }: Chunk, name: string): Layout {
  const where = `${name}: the \`fmt \` chunk at byte ${at - 8}`;
  if (size < 16) fail('data', `${where} must hold 16 bytes or more, received ${size}.`);
  const [code, channels, sampleRate, frame, bits] = [view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint32(at + 4, true), view.getUint16(at + 12, true), view.getUint16(at + 14, true)];
  const tag = code === EXTENSIBLE ? subformatAt(view, at, size, where) : code;
  const format = formatOf(tag, bits)
    ?? fail('data', `${where} says coding ${tag} with ${bits} bits a sample; known are 1 (PCM) with 8, 16, 24 or 32 and 3 (floats) with 32 or 64. Convert it to one of these first.`);
  if (channels === 0 || sampleRate === 0) fail('data', `${where} says ${channels} channels at ${sampleRate} Hz; both must be 1 or more.`);
  const expected = channels * sampleFormats[format].bytes;
  if (frame !== expected) fail('data', `${where} says ${frame} bytes for ${channels} samples of ${bits} bits, which take ${expected}.`);
  return { format, channels, sampleRate };
}

/** The tag at the head of the identifier of an extensible format. */
function subformatAt(view: DataView, at: number, size: number, where: string): number {
  if (size < 40) fail('data', `${where} is of an extensible format and must hold 40 bytes, received ${size}.`);
  const valid = view.getUint16(at + 18, true);
  const bits = view.getUint16(at + 14, true);
  if (valid > bits) fail('data', `${where} says ${valid} valid bits of ${bits}.`);
  if (subformatTail.some((byte, i) => view.getUint8(at + 26 + i) !== byte)) fail('data', `${where} is of an extensible format whose identifier is not one of PCM or floats. Convert it first.`);
  return view.getUint16(at + 24, true);
}
