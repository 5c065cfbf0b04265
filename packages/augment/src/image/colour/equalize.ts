/** Equalization. */
import type { Pixels } from '../../transform/transform';
import { convertImageDtype, converted } from './convert-image-dtype';
import { type Bytes, checkImage, copyOf, isBytes, withData } from './images';

/**
 * Gives each channel as even a histogram as a map of values can: value v becomes floor((c + floor(s / 2)) / s), at most 255, where c
 * counts the pixels below v and s = floor(n / 255), n the pixels but for those of the greatest value. Where s is 0, as of a channel of
 * one value, the channel stays as it is. Floats are taken as bytes and back.
 *
 * @param image - Of 1 or 3 channels.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `equalize`; it takes floats from 0.15 on, by this definition.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * const dark = { data: Uint8Array.from({ length: 1024 }, (_, i) => i >> 5), channels: 1, height: 32, width: 32 };
 * Math.max(...dark.data); // => 31
 * Math.max(...F.equalize(dark).data); // => 255
 * ```
 */
export function equalize(image: Pixels, into?: Pixels['data']): Pixels {
  checkImage('equalize', image, [1, 3]);
  return isBytes(image) ? bytes(image, into) : converted(bytes(convertImageDtype(image, 'uint8') as Bytes), 'float32', into);
}

function bytes(image: Bytes, into?: Pixels['data']): Bytes {
  const { data, channels } = image;
  const n = data.length / channels;
  const out = copyOf(image, into) as Uint8Array;
  const counts = new Int32Array(256);
  const table = new Uint8Array(256);
  for (let from = 0; from < data.length; from += n) {
    counts.fill(0);
    for (let i = from; i < from + n; i++) counts[data[i] as number] = (counts[data[i] as number] as number) + 1;
    let greatest = 255;
    while (counts[greatest] === 0) greatest--;
    const step = Math.floor((n - (counts[greatest] as number)) / 255);
    if (step === 0) continue;
    let below = step >> 1;
    for (let v = 0; v < 256; v++) {
      table[v] = Math.min(Math.floor(below / step), 255);
      below += counts[v] as number;
    }
    // The first value has none below it, and is 0 in torchvision even where half a step would be more.
    table[0] = 0;
    for (let i = from; i < from + n; i++) out[i] = table[data[i] as number] as number;
  }
  return withData(image, out);
}
