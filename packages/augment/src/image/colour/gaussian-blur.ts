/** Gaussian blur. */
import { checkNumber, fail } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { resampleInto } from '../geometry/resampler';
import { gather, type Taps } from '../geometry/resize-taps';
import { blank } from '../pixels';
import { checkImage } from './images';

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
  const [width, height] = sizes as [number, number];
  const rows = gaussian(where, height, sigmas[1] as number, image.height);
  const columns = gaussian(where, width, sigmas[0] as number, image.width);
  const out = blank(image, image, into);
  resampleInto(image, { top: 0, left: 0, height: image.height, width: image.width }, out, rows, columns);
  return out;
}

function pair(where: string, name: string, value: Pair, range: Parameters<typeof checkNumber>[3]): [number, number] {
  if (typeof value === 'number') return [checkNumber(where, name, value, range), value];
  return [checkNumber(where, `${name}[0]`, value[0], range), checkNumber(where, `${name}[1]`, value[1], range)];
}

/** The weights of an axis of n pixels; places outside are mirrored at its ends without repeating them. */
function gaussian(where: string, size: number, sigma: number, n: number): Taps {
  if (size % 2 === 0) fail('option', `${where}: \`kernelSize\` must be odd, received ${size}.`);
  const half = size >> 1;
  if (half >= n) fail('option', `${where}: a kernel of ${size} pixels reaches past the mirrored edge of an image of ${n}. Give at most ${2 * n - 1}.`);
  const values = Array.from({ length: size }, (_, k) => Math.exp(-0.5 * ((k - half) / sigma) ** 2));
  const sum = values.reduce((a, b) => a + b);
  const weights = values.map((value) => value / sum);
  return gather(n, n, size, (i) => ({ first: i - half, weights }), mirror);
}

/** Where place i lies. */
const mirror = (i: number, n: number): number => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i);
