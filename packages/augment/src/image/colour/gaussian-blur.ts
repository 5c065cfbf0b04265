/** Gaussian blur. */
import { checkNumber, fail } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, room, withData } from './images';

/** One for both directions, or [of x, of y], as torchvision orders them. */
export type Pair = number | readonly [x: number, y: number];

/**
 * The image convolved with a Gaussian of `kernelSize` pixels and standard deviation `sigma`, its edges mirrored. Bytes are rounded.
 *
 * @param image - Of any channels.
 * @param kernelSize - Odd, and less than twice the image's width or height: one for both directions, or [of x, of y].
 * @param sigma - Above 0. Default 0.3 ((kernelSize - 1) / 2 - 1) + 0.8, as torchvision's.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a kernel that is even or too large, or a sigma of 0 or less. data: no pixels, or some that are not finite.
 * @see torchvision's `gaussian_blur`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * const image = { data: new Uint8Array([0, 0, 0, 0, 100, 0, 0, 0, 0]), channels: 1, height: 3, width: 3 };
 * F.gaussianBlur(image, 3, 0.5).data; // => [5, 17, 5, 17, 62, 17, 5, 17, 5]
 * ```
 */
export function gaussianBlur(image: Pixels, kernelSize: Pair, sigma?: Pair, into?: Pixels['data']): Pixels {
  const where = 'gaussianBlur';
  checkImage(where, image);
  const sizes = pair(where, 'kernelSize', kernelSize, { min: 1, integer: true });
  const sigmas = sigma === undefined ? sizes.map((size) => 0.3 * ((size - 1) / 2 - 1) + 0.8) : pair(where, 'sigma', sigma, { min: 0, minExclusive: true });
  const { data, height, width } = image;
  const [across, down] = sizes.map((size, k) => gaussian(where, size, sigmas[k] as number, k === 0 ? width : height)) as [Float64Array, Float64Array];
  const out = data instanceof Uint8Array ? room(Uint8Array, data.length, into) : room(Float32Array, data.length, into);
  const plane = new Float64Array(height * width);
  for (let at = 0; at < data.length; at += plane.length) {
    plane.set(data.subarray(at, at + plane.length));
    blurPlane(plane, out, at, height, width, across, down);
  }
  return withData(image, out);
}

function pair(where: string, name: string, value: Pair, range: Parameters<typeof checkNumber>[3]): [number, number] {
  if (typeof value === 'number') return [checkNumber(where, name, value, range), value];
  return [checkNumber(where, `${name}[0]`, value[0], range), checkNumber(where, `${name}[1]`, value[1], range)];
}

/** The weights of the middle and of each pixel on a side of it. */
function gaussian(where: string, size: number, sigma: number, extent: number): Float64Array {
  if (size % 2 === 0) fail('option', `${where}: \`kernelSize\` must be odd, received ${size}.`);
  const half = size >> 1;
  if (half >= extent) fail('option', `${where}: a kernel of ${size} pixels reaches past the mirrored edge of an image of ${extent}. Give at most ${2 * extent - 1}.`);
  const weights = Float64Array.from({ length: half + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = 2 * weights.reduce((a, b) => a + b) - 1;
  return weights.map((weight) => weight / sum);
}

/** Where index i lies, mirrored at the ends without repeating them. */
const mirror = (i: number, n: number): number => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i);

/** Of each row first the blur from above and below, in a line with mirrored ends, then the blur along it. */
function blurPlane(plane: Float64Array, out: Pixels['data'], at: number, height: number, width: number, across: Float64Array, down: Float64Array): void {
  const half = across.length - 1;
  const line = new Float64Array(width + 2 * half);
  const sums = new Float64Array(width);
  const rows = (y: number): number => mirror(y, height) * width;
  for (let y = 0; y < height; y++) {
    weigh(plane, rows(y), rows(y - 1), rows(y + 1), down, line, half, width);
    for (let k = 2; k < down.length; k += 2) addTwo(plane, rows(y - k), rows(y + k), rows(y - k - 1), rows(y + k + 1), down, k, line, half, width);
    for (let k = 1; k <= half; k++) {
      line[half - k] = line[half + k] as number;
      line[half + width - 1 + k] = line[half + width - 1 - k] as number;
    }
    weigh(line, half, half - 1, half + 1, across, sums, 0, width);
    for (let k = 2; k <= half; k += 2) addTwo(line, half - k, half + k, half - k - 1, half + k + 1, across, k, sums, 0, width);
    const to = at + y * width;
    if (out instanceof Uint8Array) for (let x = 0; x < width; x++) out[to + x] = (sums[x] as number) + 0.5;
    else for (let x = 0; x < width; x++) out[to + x] = sums[x] as number;
  }
}

/** The middle and its two neighbours; a kernel of one pixel has none. */
function weigh(from: Float64Array, middle: number, before: number, behind: number, weights: Float64Array, to: Float64Array, at: number, width: number): void {
  const [own, near] = [weights[0] as number, weights[1]];
  if (near === undefined) for (let x = 0; x < width; x++) to[at + x] = own * (from[middle + x] as number);
  else for (let x = 0; x < width; x++) to[at + x] = own * (from[middle + x] as number) + near * ((from[before + x] as number) + (from[behind + x] as number));
}

/** Pairs k and k + 1 further out, or the last pair alone. */
function addTwo(
  from: Float64Array, before: number, behind: number, before2: number, behind2: number, weights: Float64Array, k: number, to: Float64Array, at: number, width: number,
): void {
  const [near, far] = [weights[k] as number, weights[k + 1]];
  if (far === undefined) {
    for (let x = 0; x < width; x++) to[at + x] = (to[at + x] as number) + near * ((from[before + x] as number) + (from[behind + x] as number));
  } else {
    for (let x = 0; x < width; x++) {
      to[at + x] = (to[at + x] as number) + near * ((from[before + x] as number) + (from[behind + x] as number)) + far * ((from[before2 + x] as number) + (from[behind2 + x] as number));
    }
  }
}
