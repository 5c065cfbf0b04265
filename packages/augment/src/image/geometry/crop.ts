/** A piece of an image, which may reach beyond it. */
import { checkChoice, checkNumber, checkOptions } from '@parsimony/core';
import { checkFill, checkNumbers, type Fill, fillOf } from '../../transform/options';
import type { Pixels } from '../../transform/transform';
import { blank } from '../pixels';
import { changePlane } from '../wasm/plane';

/** What lies outside an image: `fill`, the edge, or the image mirrored without (reflect) or with (symmetric) its edge. */
export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';
const paddingModes: readonly PaddingMode[] = ['constant', 'edge', 'reflect', 'symmetric'];

export interface PaddingOptions {
  /** What lies outside. Default `'constant'`. */
  readonly paddingMode?: PaddingMode;
  /** For `'constant'`: a number or one for each channel, 0 to 255 of bytes. Default 0. */
  readonly fill?: Fill;
}

/** On each side: a number, [left and right, top and bottom], or [left, top, right, bottom], as torchvision has it. */
export type Padding = number | readonly [x: number, y: number] | readonly [left: number, top: number, right: number, bottom: number];
export type Sides = readonly [left: number, top: number, right: number, bottom: number];

/** Checks `paddingMode` and `fill`, with their defaults. */
export function checkPadding(where: string, options: PaddingOptions): Required<PaddingOptions> {
  return { paddingMode: checkChoice(where, 'paddingMode', options.paddingMode ?? 'constant', paddingModes), fill: checkFill(where, options.fill ?? 0) };
}

/** All four sides of a padding. */
export function sidesOf(where: string, padding: unknown): Sides {
  const whole = { min: 0, integer: true };
  if (typeof padding === 'number') {
    const p = checkNumber(where, 'padding', padding, whole);
    return [p, p, p, p];
  }
  const [a = 0, b = 0, c = a, d = b] = checkNumbers(where, 'padding', padding, [2, 4], whole);
  return [a, b, c, d];
}

/**
 * The piece of an image with its top left corner at (top, left), in pixels; what of it lies outside the image is padding.
 *
 * @throws option: a size below 1, a place that is no whole number, an unknown mode, or a fill for another number of channels.
 * @see torchvision's `crop`, which pads with zeros.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * const image = pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 });
 * F.crop(image, 1, -1, 2, 2).data; // => [0, 3, 0, 0]
 * F.crop(image, 1, -1, 2, 2, { paddingMode: 'edge' }).data; // => [3, 3, 3, 3]
 * ```
 */
export function crop(image: Pixels, top: number, left: number, height: number, width: number, options: PaddingOptions = {}): Pixels {
  checkOptions('crop', options, ['paddingMode', 'fill']);
  const whole = { min: 1, integer: true };
  checkNumber('crop', 'top', top, { integer: true });
  checkNumber('crop', 'left', left, { integer: true });
  return cut('crop', image, top, left, checkNumber('crop', 'height', height, whole), checkNumber('crop', 'width', width, whole), checkPadding('crop', options));
}

/**
 * The image with a border around it.
 *
 * @throws option: a negative padding, an unknown mode, or a fill for another number of channels.
 * @see torchvision's `pad`. There `reflect` wants a padding below the image's side; here mirror images go on for ever.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.pad(pixels(Uint8Array.of(1, 2, 3), { channels: 1, height: 1, width: 3 }), [2, 0], { paddingMode: 'reflect' }).data; // => [3, 2, 1, 2, 3, 2, 1]
 * ```
 */
export function pad(image: Pixels, padding: Padding, options: PaddingOptions = {}): Pixels {
  checkOptions('pad', options, ['paddingMode', 'fill']);
  const [left, top, right, bottom] = sidesOf('pad', padding);
  return cut('pad', image, -top, -left, image.height + top + bottom, image.width + left + right, checkPadding('pad', options));
}

/** `crop` without its checks. */
export function cut(
  where: string, image: Pixels, top: number, left: number, height: number, width: number, { paddingMode, fill }: Required<PaddingOptions>, into?: Pixels['data'],
): Pixels {
  const out = blank(image, { channels: image.channels, height, width }, into);
  const within = left >= 0 && left + width <= image.width && top >= 0 && top + height <= image.height;
  if (within || paddingMode === 'constant') filled(where, image, top, left, out, within ? undefined : fill);
  else mirroredAround(image, top, left, out, paddingMode);
  return out;
}

/** Outside is `fill`; without one there is nothing outside. */
function filled(where: string, image: Pixels, top: number, left: number, out: Pixels, fill?: Fill): void {
  const { channels, height, width, data } = image;
  const size = data.BYTES_PER_ELEMENT;
  // Rows [y0, y1) and columns [x0, x1) of the piece come from the image.
  const [y0, y1] = shared(-top, height, out.height);
  const [x0, x1] = shared(-left, width, out.width);
  const plane = out.height * out.width;
  for (let c = 0; c < channels; c++) {
    const first = (c * height + top + y0) * width;
    changePlane(data.subarray(first, first + (y1 - y0) * width), out.data.subarray(c * plane, (c + 1) * plane), (kernels, from, to) => {
      if (x1 > x0) kernels.copyRows(from + (left + x0) * size, width * size, to + (y0 * out.width + x0) * size, out.width * size, y1 - y0, (x1 - x0) * size);
    }, fill === undefined ? undefined : fillOf(where, fill, image, c));
  }
}

/** The part of 0 … m that n places from `at` on share with it. */
function shared(at: number, n: number, m: number): [number, number] {
  const start = Math.min(Math.max(at, 0), m);
  return [start, Math.max(Math.min(at + n, m), start)];
}

function mirroredAround({ channels, height: rows, width: columns, data }: Pixels, top: number, left: number, { height, width, data: to }: Pixels, mode: PaddingMode): void {
  const [x0, x1] = shared(-left, columns, width);
  const sources = Int32Array.from({ length: width }, (_, x) => sourceOf(left + x, columns, mode));
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * rows + sourceOf(top + y, rows, mode)) * columns;
      const at = (c * height + y) * width;
      if (x1 > x0) copyRow(data, from + left + x0, to, at + x0, x1 - x0);
      for (let x = 0; x < x0; x++) to[at + x] = data[from + (sources[x] as number)] as number;
      for (let x = x1; x < width; x++) to[at + x] = data[from + (sources[x] as number)] as number;
    }
  }
}

/** Short rows one by one: a view costs as much as some fifty elements. */
function copyRow(from: Pixels['data'], start: number, to: Pixels['data'], at: number, n: number): void {
  if (n > 64) to.set(from.subarray(start, start + n), at);
  else for (let i = 0; i < n; i++) to[at + i] = from[start + i] as number;
}

/** The place along an axis of n pixels that stands for place i; -1 where the fill does. */
export function sourceOf(i: number, n: number, mode: PaddingMode): number {
  if (i >= 0 && i < n) return i;
  switch (mode) {
    case 'constant': return -1;
    case 'edge': return i < 0 ? 0 : n - 1;
    // The image and its mirror image repeat; with `reflect` they share their edges.
    case 'reflect': return mirrored(i, 2 * n - 2);
    case 'symmetric': return mirrored(i, 2 * n, 1);
  }
}

function mirrored(i: number, period: number, shift = 0): number {
  const within = period === 0 ? 0 : ((i % period) + period) % period;
  return Math.min(within, period - shift - within);
}
