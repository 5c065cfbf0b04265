/** Rectangles of images erased on a device. */
import { ops, type RngKey, type Tensor, tensor } from '@parsimony/core';
import { perImage } from '../colour/device';
import { inside, type Rectangle } from './erase';
import { checkChannelValues, type EraseValue, noiseFor, valueOf } from './value';

/** A rectangle, with the key of its noise where it has some; null: nothing is erased. */
export type Erased = (Rectangle & { readonly noise: readonly number[] | null; readonly [key: string]: number | readonly number[] | null }) | null;

/** One rectangle of each image [N, C, H, W]. */
export function eraseTensor(where: string, images: Tensor, params: readonly Erased[], value: EraseValue): Tensor {
  if (params.every((each) => each === null)) return images;
  const [, channels = 0, height = 0, width = 0] = images.shape;
  checkChannelValues(where, value, channels);
  const parts = params.map((each) => (each === null ? { top: 0, left: 0, height: 0, width: 0 } : inside({ height, width }, each)));
  const along = (count: number, shape: readonly number[], first: 'top' | 'left', extent: 'height' | 'width'): Tensor => {
    const at = tensor(Float32Array.from({ length: count }, (_, i) => i), shape);
    const from = ops.greaterEqual(at, perImage(parts.map((part) => part[first])));
    return ops.logicalAnd(from, ops.less(at, perImage(parts.map((part) => part[first] + part[extent]))));
  };
  const mask = ops.logicalAnd(along(height, [1, 1, height, 1], 'top', 'height'), along(width, [1, 1, 1, width], 'left', 'width'));
  return ops.where(mask, value === 'random' ? noiseTensor(images, params, parts) : valueTensor(value, channels), images);
}

/** A number, or [1, C, 1, 1]. */
export const valueTensor = (value: number | readonly number[], channels: number): Tensor | number =>
  (typeof value === 'number' ? value : tensor(Float32Array.from({ length: channels }, (_, c) => valueOf(value, c)), [1, channels, 1, 1]));

/** Zeros but for the noise of each rectangle. Drawn on the host, so that it is the same everywhere. */
function noiseTensor(images: Tensor, params: readonly Erased[], parts: readonly Rectangle[]): Tensor {
  const [n = 0, channels = 0, height = 0, width = 0] = images.shape;
  const data = new Float32Array(n * channels * height * width);
  for (const [i, { top, left, height: h, width: w }] of parts.entries()) {
    const key = params[i]?.noise;
    if (!key) continue;
    const noise = noiseFor(data, key as unknown as RngKey, channels * h * w);
    for (let c = 0, read = 0; c < channels; c++) {
      for (let y = top; y < top + h; y++, read += w) data.set(noise.subarray(read, read + w), ((i * channels + c) * height + y) * width + left);
    }
  }
  return tensor(data, images.shape);
}
