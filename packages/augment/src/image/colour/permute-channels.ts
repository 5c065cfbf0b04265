/** Channels in another order. */
import { fail, show } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, room, withData } from './images';

/**
 * Channel k of what comes out is channel `permutation[k]` of the image.
 *
 * @param image - Of any channels.
 * @param permutation - Each channel once.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: no such permutation. data: no pixels, or some that are not finite.
 * @see torchvision's `permute_channels`, of 0.15 and later.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.permuteChannels({ data: new Uint8Array([10, 20, 30]), channels: 3, height: 1, width: 1 }, [2, 0, 1]).data; // => [30, 10, 20]
 * ```
 */
export function permuteChannels(image: Pixels, permutation: readonly number[], into?: Pixels['data']): Pixels {
  const where = 'permuteChannels';
  checkImage(where, image);
  const { data, channels } = image;
  if (permutation.length !== channels || new Set(permutation).size !== channels || permutation.some((k) => !Number.isInteger(k) || k < 0 || k >= channels)) {
    fail('option', `${where}: \`permutation\` must have each of 0 to ${channels - 1} once, received ${show(permutation)}.`);
  }
  const n = data.length / channels;
  const out = data instanceof Uint8Array ? room(Uint8Array, data.length, into) : room(Float32Array, data.length, into);
  permutation.forEach((from, k) => { out.set(data.subarray(from * n, (from + 1) * n), k * n); });
  return withData(image, out);
}
