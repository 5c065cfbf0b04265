/** An image seen through a map of coordinates: what rotations, affine and perspective maps and elastic deformations have in common. */
import { checkChoice } from '@parsimony/core';
import { checkFill, type Fill, fillOf } from '../../transform/options';
import type { Pixels, Size } from '../../transform/transform';
import { blank } from '../pixels';

export type WarpInterpolation = 'nearest' | 'bilinear';

export interface WarpOptions {
  /** Between pixels. `'nearest'` takes the nearest one, `'bilinear'` mixes the four around. */
  readonly interpolation?: WarpInterpolation;
  /** What lies outside: a number or one for each channel, 0 to 255 of bytes. Default 0. */
  readonly fill?: Fill;
}

/** Checks `interpolation` and `fill`, with their defaults. */
export function checkWarp(where: string, options: WarpOptions, interpolation: WarpInterpolation): Required<WarpOptions> {
  return { interpolation: checkChoice<WarpInterpolation>(where, 'interpolation', options.interpolation ?? interpolation, ['nearest', 'bilinear']), fill: checkFill(where, options.fill ?? 0) };
}

/** Writes where each pixel of output row y comes from: xs and ys, in pixels from the middle of the first one. */
export type RowMap = (y: number, xs: Float64Array, ys: Float64Array) => void;

/** The image of another size whose pixels come from where `rowMap` says. */
export function warp(
  where: string, image: Pixels, { height, width }: Pick<Size, 'height' | 'width'>, rowMap: RowMap, { interpolation, fill }: Required<WarpOptions>, into?: Pixels['data'],
): Pixels {
  const out = blank(image, { channels: image.channels, height, width }, into);
  const fills = Float64Array.from({ length: image.channels }, (_, c) => fillOf(where, fill, image, c));
  const xs = new Float64Array(width);
  const ys = new Float64Array(width);
  const sampleRow = interpolation === 'nearest' ? nearestRow : image.data instanceof Uint8Array ? bilinearByteRow : bilinearRow;
  for (let y = 0; y < height; y++) {
    rowMap(y, xs, ys);
    sampleRow(image, xs, ys, out, y * width, fills);
  }
  return out;
}

type SampleRow = (image: Pixels, xs: Float64Array, ys: Float64Array, out: Pixels, at: number, fills: Float64Array) => void;

const nearestRow: SampleRow = (image, xs, ys, out, at, fills) => {
  const { channels, height, width, data } = image;
  const [plane, outPlane, to] = [height * width, out.height * out.width, out.data];
  for (let i = 0; i < xs.length; i++) {
    const x = Math.floor((xs[i] as number) + 0.5);
    const y = Math.floor((ys[i] as number) + 0.5);
    if (x >= 0 && x < width && y >= 0 && y < height) {
      for (let c = 0, from = y * width + x, k = at + i; c < channels; c++, from += plane, k += outPlane) to[k] = data[from] as number;
    } else {
      for (let c = 0, k = at + i; c < channels; c++, k += outPlane) to[k] = fills[c] as number;
    }
  }
};

const bilinearRow: SampleRow = (image, xs, ys, out, at, fills) => {
  const { channels, height, width, data } = image;
  const [plane, outPlane, to] = [height * width, out.height * out.width, out.data];
  for (let i = 0; i < xs.length; i++) {
    const [sx, sy] = [xs[i] as number, ys[i] as number];
    const [x, y] = [Math.floor(sx), Math.floor(sy)];
    const [u, v] = [sx - x, sy - y];
    if (x >= 0 && x < width - 1 && y >= 0 && y < height - 1) {
      for (let c = 0, from = y * width + x, k = at + i; c < channels; c++, from += plane, k += outPlane) {
        const [a, b, d, e] = [data[from] as number, data[from + 1] as number, data[from + width] as number, data[from + width + 1] as number];
        const [top, bottom] = [a + (b - a) * u, d + (e - d) * u];
        to[k] = top + (bottom - top) * v;
      }
    } else {
      for (let c = 0, k = at + i; c < channels; c++, k += outPlane) to[k] = atEdge(image, x, y, u, v, c * plane, fills[c] as number);
    }
  }
};

/** Weights in 2048ths: a grey level is exact to 1/8, and products stay whole numbers of 32 bits. */
const bilinearByteRow: SampleRow = (image, xs, ys, out, at, fills) => {
  const { channels, height, width, data } = image;
  const [plane, outPlane, to] = [height * width, out.height * out.width, out.data];
  for (let i = 0; i < xs.length; i++) {
    const sx = xs[i] as number;
    const sy = ys[i] as number;
    const x = Math.floor(sx) | 0;
    const y = Math.floor(sy) | 0;
    if (sx >= 0 && x < width - 1 && sy >= 0 && y < height - 1) {
      const u = ((sx - x) * 2048 + 0.5) | 0;
      const v = ((sy - y) * 2048 + 0.5) | 0;
      for (let c = 0, from = y * width + x, k = at + i; c < channels; c++, from += plane, k += outPlane) {
        const a = data[from] as number;
        const d = data[from + width] as number;
        const top = (a << 11) + Math.imul((data[from + 1] as number) - a, u);
        const bottom = (d << 11) + Math.imul((data[from + width + 1] as number) - d, u);
        to[k] = (Math.imul(top, 2048) + Math.imul(bottom - top, v) + 0x200000) >> 22;
      }
    } else {
      for (let c = 0, k = at + i; c < channels; c++, k += outPlane) to[k] = atEdge(image, Math.floor(sx), Math.floor(sy), sx - Math.floor(sx), sy - Math.floor(sy), c * plane, fills[c] as number) + 0.5;
    }
  }
};

/** Where some of the four pixels around are outside: they hold the fill. */
function atEdge({ data, height, width }: Pixels, x: number, y: number, u: number, v: number, plane: number, fill: number): number {
  if (!(x >= -1 && x < width && y >= -1 && y < height)) return fill;
  const [top, bottom, left, right] = [y >= 0, y + 1 < height, x >= 0, x + 1 < width];
  const from = plane + y * width + x;
  const a = top && left ? data[from] as number : fill;
  const b = top && right ? data[from + 1] as number : fill;
  const d = bottom && left ? data[from + width] as number : fill;
  const e = bottom && right ? data[from + width + 1] as number : fill;
  return (a + (b - a) * u) * (1 - v) + (d + (e - d) * u) * v;
}
