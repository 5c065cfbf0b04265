/** Crops of a batch of tensors, by one gather. */
import { ops, type Tensor, tensor } from '@parsimony/core';
import { fillOf } from '../../transform/options';
import { type PaddingOptions, sourceOf } from './crop';

/** Top left corner of a piece of an image, in pixels; negative and too large ones reach into the padding. */
export type Place = { readonly top: number; readonly left: number };

/** The piece [C, height, width] of each of N images [N, C, H, W] at its place: [N, C, height, width]. */
export function cropTensor(where: string, images: Tensor, places: readonly Place[], height: number, width: number, { paddingMode, fill }: Required<PaddingOptions>): Tensor {
  const [n = 0, channels = 0, rows = 0, columns = 0] = images.shape;
  const pixels = rows * columns;
  const index = new Int32Array(n * height * width);
  const sources = new Int32Array(width);
  for (let i = 0, at = 0; i < n; i++) {
    const { top, left } = places[i] as Place;
    for (let x = 0; x < width; x++) sources[x] = sourceOf(left + x, columns, paddingMode);
    for (let y = 0; y < height; y++) {
      const row = sourceOf(top + y, rows, paddingMode);
      for (let x = 0; x < width; x++, at++) {
        const column = sources[x] as number;
        // Outside a constant border is one element more behind the pixels.
        index[at] = row < 0 || column < 0 ? pixels : row * columns + column;
      }
    }
  }
  const flat = ops.reshape(images, [n, channels, pixels]);
  const border = (): Tensor => (typeof fill === 'number' ? ops.pad(flat, [[0, 1]], { value: fill })
    : ops.concat([flat, ops.broadcastTo(tensor(fill.map((_, c) => fillOf(where, fill, { channels }, c)), [1, channels, 1]), [n, channels, 1])], 2));
  const shared = ops.broadcastTo(tensor(index, [n, 1, height * width]), [n, channels, height * width]);
  return ops.reshape(ops.gather(paddingMode === 'constant' ? border() : flat, 2, shared), [n, channels, height, width]);
}
