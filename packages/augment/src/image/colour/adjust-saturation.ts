/** Saturation. */
import type { Pixels } from '../../transform/transform';
import { changePlanes } from '../wasm/in-place';
import { boundFactor, type Bytes, checkFactor, checkImage, type Floats, isBytes, room, unit, withData } from './images';
import { floatLuma } from './luma';

/**
 * factor v + (1 - factor) g, clamped, where g is the pixel's grey: 0 is the image in grey, 1 the image as it is. Bytes drop
 * fractions, of the grey too. An image of one channel stays as it is.
 *
 * @param image - Of 1 or 3 channels.
 * @param factor - 0 or more.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a factor below 0. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `adjust_saturation`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.adjustSaturation({ data: new Uint8Array([200, 100, 0]), channels: 3, height: 1, width: 1 }, 0).data; // => [118, 118, 118]
 * ```
 */
export function adjustSaturation(image: Pixels, factor: number, into?: Pixels['data']): Pixels {
  const where = 'adjustSaturation';
  checkImage(where, image, [1, 3]);
  checkFactor(where, 'factor', factor);
  if (image.channels === 1) return image;
  return isBytes(image) ? bytes(image, factor, into) : floats(image as Floats, factor, into);
}

function bytes(image: Bytes, factor: number, into?: Pixels['data']): Bytes {
  const out = room(Uint8Array, image.data.length, into);
  const ratio = boundFactor(factor);
  changePlanes(image.data, 3, out, (kernels, at, plane, n) => kernels.saturate(at, plane, n, ratio, 1 - ratio));
  return withData(image, out);
}

function floats(image: Floats, factor: number, into?: Pixels['data']): Floats {
  const { data, height, width } = image;
  const n = height * width;
  const out = room(Float32Array, 3 * n, into);
  for (let i = 0; i < n; i++) {
    const [r, g, b] = [data[i] as number, data[i + n] as number, data[i + 2 * n] as number];
    const grey = (1 - factor) * floatLuma(r, g, b);
    out[i] = unit(factor * r + grey);
    out[i + n] = unit(factor * g + grey);
    out[i + 2 * n] = unit(factor * b + grey);
  }
  return withData(image, out);
}
