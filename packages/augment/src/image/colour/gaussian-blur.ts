/** Gaussian blur. */
import { checkNumber, fail } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, withData } from './images';

/** One for both directions, or [of x, of y], as torchvision orders them. */
export type Pair = number | readonly [x: number, y: number];

/**
 * The image convolved with a Gaussian of `kernelSize` pixels and standard deviation `sigma`, its edges mirrored. Bytes are rounded.
 *
 * @param image - Of any channels.
 * @param kernelSize - Odd, and less than twice the image's width or height: one for both directions, or [of x, of y].
 * @param sigma - Above 0. Default 0.3 ((kernelSize - 1) / 2 - 1) + 0.8, as torchvision's.
 * @throws option: a kernel that is even or too large, or a sigma of 0 or less. data: no pixels, or some that are not finite.
 * @see torchvision's `gaussian_blur`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * const image = { data: new Uint8Array([0, 0, 0, 0, 100, 0, 0, 0, 0]), channels: 1, height: 3, width: 3 };
 * F.gaussianBlur(image, 3, 0.5).data; // => [5, 17, 5, 17, 62, 17, 5, 17, 5]
 * ```
 */
export function gaussianBlur(image: Pixels, kernelSize: Pair, sigma?: Pair): Pixels {
  const where = 'gaussianBlur';
  checkImage(where, image);
  const sizes = pair(where, 'kernelSize', kernelSize, { min: 1, integer: true });
  const sigmas = sigma === undefined ? sizes.map((size) => 0.3 * ((size - 1) / 2 - 1) + 0.8) : pair(where, 'sigma', sigma, { min: 0, minExclusive: true });
  const { channels, height, width } = image;
  const [across, down] = sizes.map((size, k) => gaussian(where, size, sigmas[k] as number, k === 0 ? width : height)) as [Float32Array, Float32Array];
  const out = new (image.data instanceof Uint8Array ? Uint8Array : Float32Array)(image.data.length);
  const rows = new Float32Array(height * width);
  for (let c = 0; c < channels; c++) {
    const plane = image.data.subarray(c * height * width, (c + 1) * height * width);
    blurRows(plane, rows, height, width, across);
    blurColumns(rows, out, c * height * width, height, width, down);
  }
  return withData(image, out);
}

function pair(where: string, name: string, value: Pair, range: Parameters<typeof checkNumber>[3]): [number, number] {
  if (typeof value === 'number') return [checkNumber(where, name, value, range), value];
  return [checkNumber(where, `${name}[0]`, value[0], range), checkNumber(where, `${name}[1]`, value[1], range)];
}

function gaussian(where: string, size: number, sigma: number, extent: number): Float32Array {
  if (size % 2 === 0) fail('option', `${where}: \`kernelSize\` must be odd, received ${size}.`);
  if (size >> 1 >= extent) fail('option', `${where}: a kernel of ${size} pixels reaches past the mirrored edge of an image of ${extent}. Give at most ${2 * extent - 1}.`);
  const weights = Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - (size >> 1)) / sigma) ** 2));
  const sum = weights.reduce((a, b) => a + b);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/** Where index i lies, mirrored at the ends without repeating them. */
const mirror = (i: number, n: number): number => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i);

function blurRows(plane: Pixels['data'], out: Float32Array, height: number, width: number, kernel: Float32Array): void {
  const half = kernel.length >> 1;
  const line = new Float32Array(width + 2 * half);
  const middle = kernel[half] as number;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < line.length; x++) line[x] = plane[y * width + mirror(x - half, width)] as number;
    for (let x = 0; x < width; x++) {
      const at = x + half;
      let sum = middle * (line[at] as number);
      for (let k = 1; k <= half; k++) sum += (kernel[half + k] as number) * ((line[at - k] as number) + (line[at + k] as number));
      out[y * width + x] = sum;
    }
  }
}

function blurColumns(rows: Float32Array, out: Pixels['data'], base: number, height: number, width: number, kernel: Float32Array): void {
  const half = kernel.length >> 1;
  const bytes = out instanceof Uint8Array;
  const sums = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    const weight = kernel[half] as number;
    for (let x = 0; x < width; x++) sums[x] = weight * (rows[y * width + x] as number);
    for (let k = 1; k <= half; k++) {
      const [above, below, share] = [mirror(y - k, height) * width, mirror(y + k, height) * width, kernel[half + k] as number];
      for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) + share * ((rows[above + x] as number) + (rows[below + x] as number));
    }
    const row = base + y * width;
    if (bytes) for (let x = 0; x < width; x++) out[row + x] = (sums[x] as number) + 0.5;
    else for (let x = 0; x < width; x++) out[row + x] = sums[x] as number;
  }
}
