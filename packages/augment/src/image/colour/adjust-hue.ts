/** Hue. */
import { checkNumber } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkImage, room, unit, withData } from './images';

const { fround } = Math;
/** v / 255 of each byte v, in float32. */
const shares = Float32Array.from({ length: 256 }, (_, v) => v / 255);

/**
 * Turns the hue of every pixel around the circle of colours by a share of it, value and saturation (of HSV) kept. Bytes drop
 * fractions. An image of one channel stays as it is.
 *
 * @param image - Of 1 or 3 channels.
 * @param factor - In [-0.5, 0.5]; either end turns a colour into its opposite.
 * @param into - Where the result may be written: of its type and length, and no memory of the image's. Default: memory of its own.
 * @throws option: a factor outside. data: other channels, no pixels, or some that are not finite.
 * @see torchvision's `adjust_hue`.
 * @example
 * ```ts
 * import { functional as F } from '@parsimony/augment';
 * F.adjustHue({ data: new Uint8Array([255, 0, 0]), channels: 3, height: 1, width: 1 }, 0.5).data; // => [0, 255, 255]
 * ```
 */
export function adjustHue(image: Pixels, factor: number, into?: Pixels['data']): Pixels {
  const where = 'adjustHue';
  checkImage(where, image, [1, 3]);
  checkNumber(where, 'factor', factor, { min: -0.5, max: 0.5 });
  if (image.channels === 1) return image;
  const n = image.height * image.width;
  if (image.data instanceof Uint8Array) {
    const out = room(Uint8Array, 3 * n, into);
    turnBytes(image.data, out, n, fround(factor));
    return withData(image, out);
  }
  const out = room(Float32Array, 3 * n, into);
  turnFloats(image.data, out, n, fround(factor));
  return withData(image, out);
}

/** How far a turned hue is in its sixth of the circle: memory of its own, so that no pixel allocates. */
const within = new Float32Array(1);

/**
 * The sixth of the circle that a colour which is no grey comes to lie in. In float32 step by step, as PyTorch has it: a byte whose
 * fraction is dropped depends on the last bit.
 */
function turn(r: number, g: number, b: number, max: number, spread: number, factor: number): number {
  let h: number;
  if (max === r) h = fround(fround(fround(max - b) / spread) - fround(fround(max - g) / spread));
  else if (max === g) h = fround(fround(2 + fround(fround(max - r) / spread)) - fround(fround(max - b) / spread));
  else h = fround(fround(4 + fround(fround(max - g) / spread)) - fround(fround(max - r) / spread));
  h = fround(fround(h / 6) + 1);
  if (h >= 1) h = fround(h - 1);
  h = fround(h + factor);
  // A tiny negative number plus 1 is 1 in float32: the circle's end, which is its beginning.
  if (h < 0) h = fround(h + 1);
  else if (h >= 1) h = fround(h - 1);
  const six = fround(h * 6);
  const whole = Math.floor(six);
  within[0] = six - whole;
  return whole === 6 ? 0 : whole;
}

/** Where the value, what rises or falls, and the least of the three go in each sixth of the circle: v t p, q v p, p v t, p q v, t p v, v p q. */
const valueAt = [0, 1, 1, 2, 2, 0, 0];
const slopeAt = [1, 0, 2, 1, 0, 2, 1];
const leastAt = [2, 2, 0, 0, 1, 1, 2];
/** r, g, b, r, g of a pixel: memory of its own. */
const around = new Uint8Array(5);

/** The same steps as `turn`, without a branch: which channel is the largest, and in which sixth a colour ends, is what no processor guesses. */
function turnBytes(data: Uint8Array, out: Uint8Array, n: number, factor: number): void {
  const [value, slope, least] = [valueAt, slopeAt, leastAt].map((at) => Int32Array.from(at, (c) => c * n)) as [Int32Array, Int32Array, Int32Array];
  for (let i = 0; i < n; i++) {
    const [r, g, b] = [data[i] as number, data[i + n] as number, data[i + 2 * n] as number];
    // x & (x >> 31) is x where that is negative, else 0.
    const below = (r - g) & ((r - g) >> 31);
    const [more, less] = [r - below, g + below];
    const top = more - ((more - b) & ((more - b) >> 31));
    const low = b + ((less - b) & ((less - b) >> 31));
    const notRed = (r - top) >>> 31;
    const k = notRed + (notRed & ((g - top) >>> 31));
    around[0] = r; around[1] = g; around[2] = b; around[3] = r; around[4] = g;
    const max = shares[top] as number;
    const spread = fround(max - (shares[low] as number));
    // A grey divides 0 by 1 instead of 0.
    const grey = ((low - top) >>> 31) ^ 1;
    const over = fround(spread + grey);
    const plus = fround(fround(max - (shares[around[k + 2] as number] as number)) / over);
    const minus = fround(fround(max - (shares[around[k + 1] as number] as number)) / over);
    const hue = fround(fround(fround(fround(2 * k + plus) - minus) / 6) + 1);
    const turned = fround(fround(hue - Math.floor(hue)) + factor);
    const six = fround(fround(turned - Math.floor(turned)) * 6);
    const sixth = Math.floor(six) | 0;
    const part = fround(six - sixth);
    const s = fround(spread / fround(max + grey));
    const rising = 1 - (sixth & 1);
    const along = fround(s * fround(rising + (1 - 2 * rising) * part));
    out[i + (value[sixth] as number)] = top;
    out[i + (slope[sixth] as number)] = fround(fround(max * fround(1 - along)) * 255) | 0;
    out[i + (least[sixth] as number)] = fround(fround(max * fround(1 - s)) * 255) | 0;
  }
}

function turnFloats(data: Float32Array, out: Float32Array, n: number, factor: number): void {
  for (let i = 0; i < n; i++) {
    const [r, g, b] = [data[i] as number, data[i + n] as number, data[i + 2 * n] as number];
    const max = r > g ? (r > b ? r : b) : g > b ? g : b;
    const min = r < g ? (r < b ? r : b) : g < b ? g : b;
    if (max === min || max <= 0) {
      out[i] = out[i + n] = out[i + 2 * n] = max;
      continue;
    }
    const spread = fround(max - min);
    const s = fround(spread / max);
    const sixth = turn(r, g, b, max, spread, factor);
    const part = within[0] as number;
    const along = (sixth & 1) === 0 ? fround(s * fround(1 - part)) : fround(s * part);
    writeFloats(out, i, n, sixth, max, unit(fround(max * fround(1 - s))), unit(fround(max * fround(1 - along))));
  }
}

function writeFloats(out: Float32Array, i: number, n: number, sixth: number, v: number, p: number, q: number): void {
  switch (sixth) {
    case 0: out[i] = v; out[i + n] = q; out[i + 2 * n] = p; break;
    case 1: out[i] = q; out[i + n] = v; out[i + 2 * n] = p; break;
    case 2: out[i] = p; out[i + n] = v; out[i + 2 * n] = q; break;
    case 3: out[i] = p; out[i + n] = q; out[i + 2 * n] = v; break;
    case 4: out[i] = q; out[i + n] = p; out[i + 2 * n] = v; break;
    default: out[i] = v; out[i + n] = p; out[i + 2 * n] = q;
  }
}
