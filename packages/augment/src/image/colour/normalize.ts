/** Normalization. */
import { checkNumber, fail, show } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, room, withData } from './images';

/**
 * (v - mean_c) / std_c of each channel c. Bytes are taken as v / 255: what comes out are floats.
 *
 * @param image - Of any channels.
 * @param mean - One for all channels, or one each.
 * @param std - Likewise; none of them 0.
 * @throws option: means or deviations of another number, or a deviation of 0. data: no pixels, or some that are not finite.
 * @see torchvision's `normalize`, which does not take bytes.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.normalize({ data: new Float32Array([0, 0.5, 1]), channels: 1, height: 1, width: 3 }, 0.5, 0.25).data; // => [-2, 0, 2]
 * ```
 */
export function normalize(image: Pixels, mean: number | readonly number[], std: number | readonly number[]): Pixels {
  return normalized(image, mean, std);
}

export function normalized(image: Pixels, mean: number | readonly number[], std: number | readonly number[], into?: Pixels['data']): Pixels {
  const where = 'normalize';
  checkImage(where, image);
  const { data, channels } = image;
  const [means, stds] = [perChannel(where, 'mean', mean, channels), perChannel(where, 'std', std, channels)];
  const out = room(Float32Array, data.length, into);
  const n = data.length / channels;
  const table = new Float32Array(256);
  for (let c = 0; c < channels; c++) {
    const [m, s] = [means[c] as number, checkDeviation(where, stds[c] as number)];
    if (data instanceof Uint8Array) {
      for (let v = 0; v < 256; v++) table[v] = (Math.fround(v / 255) - m) / s;
      for (let i = c * n; i < (c + 1) * n; i++) out[i] = table[data[i] as number] as number;
    } else {
      for (let i = c * n; i < (c + 1) * n; i++) out[i] = ((data[i] as number) - m) / s;
    }
  }
  return withData(image, out);
}

/** One value a channel, of one for all or of as many. */
export function perChannel(where: string, name: string, value: number | readonly number[], channels: number): readonly number[] {
  if (typeof value === 'number') return Array.from({ length: channels }, () => checkNumber(where, name, value));
  if (!Array.isArray(value) || (value.length !== channels && value.length !== 1)) {
    fail('option', `${where}: \`${name}\` must be a number, or one for each of ${channels} channels, received ${show(value)}.`);
  }
  return Array.from({ length: channels }, (_, c) => checkNumber(where, `${name}[${c}]`, value[value.length === 1 ? 0 : c]));
}

export function checkDeviation(where: string, std: number): number {
  if (Math.fround(std) === 0) fail('option', `${where}: \`std\` must not be 0. Leave a channel of one value as it is with a deviation of 1.`);
  return std;
}
