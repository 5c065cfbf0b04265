/** An image from a file, a URL, a Blob or bytes. */
import { checkOptions, fail, show } from '@parsimony/core';
import type { Pixels } from '../transform/transform';
import { codecFor, type Interleaved } from './codec';
import { bytesOf, type ImageSource } from './source';

export type { ImageSource } from './source';

export interface ReadImageOptions {
  /** 3: RGB. 1: grey, (19595 R + 38470 G + 7471 B) / 65536 rounded, as PIL has it. Default 3, for grey images too. */
  readonly channels?: 1 | 3;
}

/**
 * The image in a file as bytes [C, H, W]: by sharp in Node (`npm install sharp`), by the browser's own decoder in a page.
 *
 * It is upright, as the camera noted it (EXIF); in sRGB with 8 bits, whatever it was (16 bits, palettes, CMYK, colour profiles); on white
 * where it is transparent; and the first one where there are several (animations, pages). PNG, JPEG, WebP, GIF and AVIF; in Node TIFF and SVG too.
 *
 * @param source - A path in Node; a URL (`http:`, `https:`, `data:`, `blob:`, in Node `file:`), in a page a relative one too; a `Blob` or
 * `File`; or the bytes of a file.
 * @throws option: an unknown option or a source of another kind. file: it cannot be read, or sharp is not installed. data: it is no image, or a
 * truncated or damaged one.
 * @example
 * ```ts
 * import { pixels } from '@parsimony/augment';
 * import { encodeImage, readImage } from '@parsimony/augment/files';
 * const png = await encodeImage(pixels(Uint8Array.of(250, 0, 0, 90, 0, 7), { channels: 3, height: 1, width: 2 }));
 * (await readImage(png)).data; // => [250, 0, 0, 90, 0, 7]
 * (await readImage(png, { channels: 1 })).data; // => [75, 54]
 * await readImage('nowhere.jpg'); // throws nowhere.jpg: could not be read
 * await readImage(Uint8Array.of(1, 2, 3)); // throws readImage: the bytes are no image that can be read
 * ```
 */
export async function readImage(source: ImageSource, options: ReadImageOptions = {}): Promise<Pixels & { readonly data: Uint8Array }> {
  const where = 'readImage';
  checkOptions(where, options, ['channels']);
  const { channels = 3 } = options;
  if (channels !== 1 && channels !== 3) fail('option', `${where}: \`channels\` must be 1 or 3, received ${show(channels)}.`);
  const codec = await codecFor(where);
  const { name, bytes } = await bytesOf(where, source);
  let decoded: Interleaved;
  try {
    if (bytes.length === 0) throw new Error('empty');
    decoded = await codec.decode(bytes);
  } catch (error) {
    // Of sharp's lines the first says it.
    const [reason = ''] = (error as Error).message.split('\n');
    return fail('data', `${name ?? `${where}: the bytes`} ${name === undefined ? 'are' : 'is'} no image that can be read, or a truncated or damaged one (${reason}).`, { cause: error });
  }
  const { height, width } = decoded;
  return { data: channels === 3 ? planesOf(decoded) : greyOf(decoded), channels, height, width };
}

function planesOf({ data, height, width, stride }: Interleaved): Uint8Array {
  const area = height * width;
  const out = new Uint8Array(3 * area);
  for (let i = 0, at = 0; i < area; i++, at += stride) {
    out[i] = data[at] as number;
    out[i + area] = data[at + 1] as number;
    out[i + 2 * area] = data[at + 2] as number;
  }
  return out;
}

function greyOf({ data, height, width, stride }: Interleaved): Uint8Array {
  const out = new Uint8Array(height * width);
  for (let i = 0, at = 0; i < out.length; i++, at += stride) {
    out[i] = (19595 * (data[at] as number) + 38470 * (data[at + 1] as number) + 7471 * (data[at + 2] as number) + 0x8000) >> 16;
  }
  return out;
}
