/** Colours on a device: floats [N, C, H, W] from 0 to 1, with parameters of each image. The host's functions say what each does. */
import { ops, type Tensor, tensor } from '@parsimony/core';
import { checkChannels } from '../pixels';
import { lumaWeights } from './luma';

/** [N, 1, 1, 1] of a number an image. */
export const perImage = (values: readonly number[]): Tensor => tensor(Float32Array.from(values), [values.length, 1, 1, 1]);

/** The changed images where the flag is true, the others as they are. */
export function whereTrue(flags: readonly boolean[], changed: Tensor, images: Tensor): Tensor {
  return flags.every(Boolean) ? changed : ops.where(tensor([...flags], [flags.length, 1, 1, 1], { dtype: 'bool' }), changed, images);
}

/** Refuses images of other channels; returns how many there are. */
export function channelsOf(where: string, images: Tensor, allowed: readonly number[]): number {
  const [, channels = 0, height = 0, width = 0] = images.shape;
  checkChannels(where, { channels, height, width }, allowed);
  return channels;
}

/** [N, 1, H, W] of images of 3 channels; those of 1 are grey. */
export function lumaTensor(images: Tensor): Tensor {
  if (images.shape[1] === 1) return images;
  return ops.sum(ops.mul(images, tensor(Float32Array.from(lumaWeights), [1, 3, 1, 1])), { axis: 1, keepdim: true });
}

/** [N, 1, 1, 1]: the mean of the grey. */
export const meanLumaTensor = (images: Tensor): Tensor => ops.mean(lumaTensor(images), { axis: [1, 2, 3], keepdim: true });

export const unitTensor = (x: Tensor): Tensor => ops.clamp(x, { min: 0, max: 1 });

/**
 * Hues turned by factors [N, 1, 1, 1], of images of 3 channels. Of a colour of value v, spread c (value times saturation) and hue h, in sixths
 * of the circle, channel k is v - c clamp(min(a, 4 - a), 0, 1) with a = (n_k + h) mod 6 and n = 5, 3, 1: HSV to RGB without branches.
 *
 * @see Wikipedia, "HSL and HSV", HSV to RGB alternative.
 */
export function hueTensor(images: Tensor, factors: Tensor): Tensor {
  const [r, g, b] = [0, 1, 2].map((k) => ops.slice(images, [{}, { start: k, end: k + 1 }])) as [Tensor, Tensor, Tensor];
  const max = ops.max(images, { axis: 1, keepdim: true });
  const spread = ops.sub(max, ops.min(images, { axis: 1, keepdim: true }));
  // The hue of a grey is of no matter: its spread is 0.
  const divisor = ops.where(ops.greater(spread, 0), spread, 1);
  const along = (from: Tensor, to: Tensor, sixths: number): Tensor => ops.add(ops.div(ops.sub(to, from), divisor), sixths);
  const hue = ops.where(ops.equal(max, r), along(b, g, 0), ops.where(ops.equal(max, g), along(r, b, 2), along(g, r, 4)));
  const turned = ops.add(hue, ops.mul(factors, 6));
  const a = ops.remainder(ops.add(turned, tensor([5, 3, 1], [1, 3, 1, 1])), 6);
  return ops.sub(max, ops.mul(spread, unitTensor(ops.minimum(a, ops.sub(4, a)))));
}
