/** Bytes as floats, and back. */
import { checkChoice } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, cut, isBytes, room, withData } from './images';

const { fround } = Math;
const perByte = fround(255.999);
const shares = Float32Array.from({ length: 256 }, (_, v) => v / 255);

/** The byte of a float: of 256 equal parts of [0, 1] the one it is in. */
export const toByte = (v: number): number => cut(fround(v * perByte));

/**
 * Bytes as floats, v / 255, or floats as bytes, 255.999 v with the fraction dropped; an image that is of the type stays as it is.
 *
 * @param image - Of any channels.
 * @param dtype - Default `'float32'`.
 * @throws option: another type. data: no pixels, or some that are not finite.
 * @see torchvision's `convert_image_dtype`, in which floats outside [0, 1] wrap around; here they are clamped.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * const image = { data: new Uint8Array([0, 51, 255]), channels: 3, height: 1, width: 1 };
 * Array.from(F.convertImageDtype(image).data, (v) => v.toFixed(1)); // => ['0.0', '0.2', '1.0']
 * F.convertImageDtype(F.convertImageDtype(image), 'uint8').data; // => [0, 51, 255]
 * ```
 */
export function convertImageDtype(image: Pixels, dtype: 'uint8' | 'float32' = 'float32'): Pixels {
  return converted(image, dtype);
}

export function converted(image: Pixels, dtype: 'uint8' | 'float32', into?: Pixels['data']): Pixels {
  const where = 'convertImageDtype';
  checkImage(where, image);
  checkChoice(where, 'dtype', dtype, ['uint8', 'float32']);
  if (isBytes(image) === (dtype === 'uint8')) return image;
  const { data } = image;
  if (data instanceof Uint8Array) {
    const out = room(Float32Array, data.length, into);
    for (let i = 0; i < out.length; i++) out[i] = shares[data[i] as number] as number;
    return withData(image, out);
  }
  const out = room(Uint8Array, data.length, into);
  for (let i = 0; i < out.length; i++) out[i] = toByte(data[i] as number);
  return withData(image, out);
}
