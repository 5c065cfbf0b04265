/** Elastic deformation of images. */
import { checkOptions, fail, show } from '@parsimony/core';
import type { Pixels, Size } from '../../transform/transform';
import type { Draws } from '../../transform/draws';
import type { PointMap } from '../shapes';
import { checkWarp, type RowMap, warp, type WarpOptions } from './warp';

/** [H, W, 2]: how far to the right and down each output pixel looks, in half widths and half heights of the image, as torchvision has it. */
export type Displacement = Float32Array;

export const elasticRows = (field: Displacement, { height, width }: Pick<Size, 'height' | 'width'>): RowMap => (y, xs, ys) => {
  for (let x = 0, at = 2 * y * width; x < width; x++, at += 2) {
    xs[x] = x + (field[at] as number) * width / 2;
    ys[x] = y + (field[at + 1] as number) * height / 2;
  }
};

/** Where points go: the fixed point of p = point - displacement(p), which exists where neighbouring pixels keep their order. */
export function elasticPoints(field: Displacement, { height, width }: Pick<Size, 'height' | 'width'>): PointMap {
  const at = (x: number, y: number, k: number): number => {
    const [px, py] = [Math.min(Math.max(x - 0.5, 0), width - 1), Math.min(Math.max(y - 0.5, 0), height - 1)];
    const [x0, y0] = [Math.min(Math.floor(px), Math.max(width - 2, 0)), Math.min(Math.floor(py), Math.max(height - 2, 0))];
    const [u, v] = [px - x0, py - y0];
    const value = (i: number, j: number): number => field[2 * (Math.min(j, height - 1) * width + Math.min(i, width - 1)) + k] as number;
    return (value(x0, y0) * (1 - u) + value(x0 + 1, y0) * u) * (1 - v) + (value(x0, y0 + 1) * (1 - u) + value(x0 + 1, y0 + 1) * u) * v;
  };
  return (x, y) => {
    let [px, py] = [x, y];
    for (let i = 0; i < 20; i++) [px, py] = [x - at(px, py, 0) * width / 2, y - at(px, py, 1) * height / 2];
    return [px, py];
  };
}

/**
 * The image with each pixel taken from where its displacement says; `interpolation` is `'bilinear'` unless given.
 *
 * @param displacement - [H, W, 2], x then y, in half widths and half heights of the image.
 * @throws option: an unknown option, or a fill for another number of channels. data: a displacement for another size.
 * @see torchvision's `elastic_transform` of tensors; at the edge as `affine` here.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * // Each pixel looks half a width, one pixel, to its right.
 * F.elasticTransform(pixels(Uint8Array.of(1, 2), { channels: 1, height: 1, width: 2 }), Float32Array.of(1, 0, 1, 0)).data; // => [2, 0]
 * ```
 */
export function elasticTransformOf(image: Pixels, displacement: Displacement, options: WarpOptions = {}): Pixels {
  const where = 'elasticTransform';
  checkOptions(where, options, ['interpolation', 'fill']);
  const length = 2 * image.height * image.width;
  if (!(displacement instanceof Float32Array) || displacement.length !== length) {
    fail('data', `${where}: \`displacement\` must be a Float32Array [${image.height}, ${image.width}, 2] of ${length}, received ${show(displacement)}.`);
  }
  return warp(where, image, image, elasticRows(displacement, image), checkWarp(where, options, 'bilinear'));
}

/** Noise uniform in (-1, 1), smoothed by a Gaussian of `sigma` pixels, times alpha / H along x and alpha / W along y. */
export function drawDisplacement(draws: Draws, { height, width }: Pick<Size, 'height' | 'width'>, alpha: readonly [number, number], sigma: readonly [number, number]): Displacement {
  const field = new Float32Array(2 * height * width);
  for (let k = 0; k < 2; k++) {
    const noise = Float64Array.from({ length: height * width }, () => draws.uniform(-1, 1));
    const smooth = blur(noise, height, width, sigma);
    const factor = (alpha[k] as number) / (k === 0 ? height : width);
    for (let i = 0; i < smooth.length; i++) field[2 * i + k] = (smooth[i] as number) * factor;
  }
  return field;
}

/** By a Gaussian of sigma [x, y] over 8 sigma + 1 pixels, mirrored at the edges. */
function blur(from: Float64Array, height: number, width: number, [sx, sy]: readonly [number, number]): Float64Array {
  return blurAxis(blurAxis(from, height, width, 1, width, sx), width, height, width, 1, sy);
}

/** Along lines of n elements, `step` apart, the lines `stride` apart. */
function blurAxis(from: Float64Array, lines: number, n: number, step: number, stride: number, sigma: number): Float64Array {
  if (sigma === 0 || n === 1) return from;
  const reach = Math.floor(Math.trunc(8 * sigma + 1) / 2);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const total = weights.reduce((a, b) => a + b, 0);
  const out = new Float64Array(from.length);
  const line = new Float64Array(n + 2 * reach);
  const period = 2 * n - 2;
  for (let l = 0; l < lines; l++) {
    for (let i = 0; i < line.length; i++) {
      const place = (((i - reach) % period) + period) % period;
      line[i] = from[l * stride + Math.min(place, period - place) * step] as number;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (line[i + k] as number);
      out[l * stride + i * step] = sum / total;
    }
  }
  return out;
}
