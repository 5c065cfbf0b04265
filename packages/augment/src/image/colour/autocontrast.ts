/** Contrast to the full. */
import type { Pixels } from '../../transform/transform';
import { changePlanes, nothing } from '../wasm/in-place';
import { type Bytes, checkImage, type Floats, isBytes, room, unit, withData } from './images';

const { fround } = Math;

/**
 * Stretches each channel so that its least value becomes 0 and its greatest 255, or 1 of floats. A channel of one value stays as
 * it is. Bytes drop fractions.
 *
 * @param image - Of 1 or 3 channels.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `autocontrast`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.autocontrast({ data: new Uint8Array([50, 60, 100]), channels: 1, height: 1, width: 3 }).data; // => [0, 51, 255]
 * ```
 */
export function autocontrast(image: Pixels, into?: Pixels['data']): Pixels {
  checkImage('autocontrast', image, [1, 3]);
  return isBytes(image) ? bytes(image, into) : floats(image as Floats, into);
}

/** Least and greatest of values `from` to `to`. */
function extent(data: Pixels['data'], from: number, to: number): [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = from; i < to; i++) {
    const v = data[i] as number;
    if (v < least) least = v;
    if (v > greatest) greatest = v;
  }
  return [least, greatest];
}

function bytes(image: Bytes, into?: Pixels['data']): Bytes {
  const { data, channels } = image;
  const n = data.length / channels;
  const out = room(Uint8Array, data.length, into);
  for (let from = 0; from < data.length; from += n) {
    const plane = data.subarray(from, from + n);
    const [least, greatest] = byteExtent(plane);
    const scale = least === greatest ? 1 : 255 / (greatest - least);
    changePlanes(plane, 1, out.subarray(from, from + n), (kernels, at, _, count) => kernels.blend(at, count, least === greatest ? 0 : least, scale, 0));
  }
  return withData(image, out);
}

function byteExtent(plane: Uint8Array): [number, number] {
  let [least, greatest] = [255, 0];
  changePlanes(plane, 1, nothing, (kernels, at, _, n) => {
    const both = kernels.extent(at, n);
    least = Math.min(least, both & 255);
    greatest = Math.max(greatest, both >> 8);
  });
  return [least, greatest];
}

function floats(image: Floats, into?: Pixels['data']): Floats {
  const { data, channels } = image;
  const out = room(Float32Array, data.length, into);
  const n = data.length / channels;
  for (let from = 0; from < data.length; from += n) {
    const [least, greatest] = extent(data, from, from + n);
    const scale = fround(1 / fround(greatest - least));
    const flat = !Number.isFinite(scale);
    for (let i = from; i < from + n; i++) out[i] = unit(flat ? data[i] as number : ((data[i] as number) - least) * scale);
  }
  return withData(image, out);
}
