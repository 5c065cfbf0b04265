/** An image as the bytes of a file. */
import { checkChoice, checkNumber, checkOptions } from '@parsimony/core';
import { checkChannels, checkFinite, checkPixels } from '../image/pixels';
import type { Pixels } from '../transform/transform';
import { codecFor } from './codec';

export interface EncodeImageOptions {
  /** PNG keeps every pixel, JPEG is smaller. Default 'png'. */
  readonly type?: 'png' | 'jpeg';
  /** Of a JPEG, 1 to 100. Default 90. */
  readonly quality?: number;
}

/**
 * The bytes of a PNG or JPEG file of an image with 1 or 3 channels: by sharp in Node, by the browser in a page.
 *
 * @param image - Bytes are written as they are; of floats 0 to 1 become 0 to 255, rounded, and what lies outside is cut off.
 * @throws option: an unknown option or one out of range. data: no image, other channels, floats that are not finite. file: sharp is not installed.
 * @example
 * ```ts
 * import { pixels } from '@parsimony/augment';
 * import { encodeImage } from '@parsimony/augment/files';
 * const image = pixels(new Uint8Array(12), { channels: 3, height: 2, width: 2 });
 * (await encodeImage(image)).subarray(0, 4); // => [137, 80, 78, 71]
 * (await encodeImage(image, { type: 'jpeg', quality: 75 })).subarray(0, 2); // => [255, 216]
 * await encodeImage(image, { type: 'gif' as never }); // throws encodeImage: `type` must be one of 'png', 'jpeg'
 * ```
 */
export async function encodeImage(image: Pixels, options: EncodeImageOptions = {}): Promise<Uint8Array> {
  const where = 'encodeImage';
  checkOptions(where, options, ['type', 'quality']);
  const type = checkChoice(where, 'type', options.type ?? 'png', ['png', 'jpeg'] as const);
  const quality = checkNumber(where, 'quality', options.quality ?? 90, { min: 1, max: 100, integer: true });
  checkPixels(where, image);
  checkChannels(where, image, [1, 3]);
  if (image.data instanceof Float32Array) checkFinite(where, image.data);
  const { height, width } = image;
  const bytes = await (await codecFor(where)).encode({ data: interleave(image), height, width, stride: 4 }, type, quality);
  // A Buffer of Node's would pass for one, and print otherwise.
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** [H, W, 4], opaque. */
function interleave({ data, channels, height, width }: Pixels): Uint8Array {
  const area = height * width;
  const scale = data instanceof Uint8Array ? 1 : 255;
  const out = new Uint8ClampedArray(4 * area).fill(255);
  for (let c = 0; c < 3; c++) {
    const plane = (channels === 1 ? 0 : c) * area;
    // Half up: a clamped array alone would round halves to even numbers.
    for (let i = 0; i < area; i++) out[4 * i + c] = Math.floor((data[plane + i] as number) * scale + 0.5);
  }
  return new Uint8Array(out.buffer);
}
