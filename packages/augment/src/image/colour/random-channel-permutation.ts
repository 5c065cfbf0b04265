/** Channels in random order. */
import { checkOptions, ops, type Tensor, tensor } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import type { Transform } from '../../transform/transform';
import { permuteChannels } from './permute-channels';

/**
 * Puts the channels of each image into random order. On devices too.
 *
 * Drawn: the order, each as likely; channel k of what comes out is channel order[k].
 *
 * @throws option: an unknown option.
 * @see torchvision's `RandomChannelPermutation`, of 0.15 and later.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomChannelPermutation } from '@parsimony/augment';
 * const [order] = drawFor(randomChannelPermutation(), random.key(1), 1, { channels: 3, height: 32, width: 32 });
 * order?.length; // => 3
 * ```
 */
export function randomChannelPermutation(options: Readonly<Record<never, never>> = {}): Transform<readonly number[]> {
  const where = 'RandomChannelPermutation';
  checkOptions(where, options, []);
  return defineTransform<readonly number[]>({
    name: where,
    options: {},
    draw: (key, { channels }) => new Draws(key).permutation(channels),
    apply: (scene, order, into) => ({ ...scene, image: permuteChannels(scene.image, order, into) }),
    applyToTensor: permuteTensor,
  });
}

/** Channels of [N, C, H, W] in the order of each image. */
export function permuteTensor(images: Tensor, orders: readonly (readonly number[])[]): Tensor {
  const [n = 0, channels = 0, h = 0, w = 0] = images.shape;
  const rows = Int32Array.from(orders.flatMap((order, i) => order.map((from) => i * channels + from)));
  return ops.reshape(ops.indexSelect(ops.reshape(images, [n * channels, h, w]), 0, tensor(rows, [rows.length])), [n, channels, h, w]);
}
