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
const valueAt = [0, 1, 1, 2, 2, 0];
const slopeAt = [1, 0, 2, 1, 0, 2];
const leastAt = [2, 2, 0, 0, 1, 1];
/** Three times around the circle, as places in memory. */
const places = (at: readonly number[], n: number): Int32Array => Int32Array.from({ length: 18 }, (_, i) => (at[i % 6] as number) * n);

const inverses = Float64Array.from({ length: 256 }, (_, spread) => (spread === 0 ? 0 : 1 / spread));
let leasts: Uint8Array | undefined;

/** The least of a turned colour, by its value and its least before: not always the same, with fractions dropped on the way. */
function leastTable(): Uint8Array {
  if (leasts) return leasts;
  leasts = new Uint8Array(1 << 16);
  for (let top = 1; top < 256; top++) {
    const max = shares[top] as number;
    for (let low = 0; low <= top; low++) leasts[top << 8 | low] = fround(fround(max * fround(1 - fround(fround(max - (shares[low] as number)) / max))) * 255) | 0;
  }
  return leasts;
}

/** How near to a byte's bound float32 may put a value on its other side. */
const doubt = 1e-3;

/**
 * In double precision without branches, since no processor guesses which channel is the largest, and in which sixth a colour ends. Where
 * the last bits of float32 decide, they are asked.
 */
function turnBytes(data: Uint8Array, out: Uint8Array, n: number, factor: number): void {
  const [value, slope, least] = [places(valueAt, n), places(slopeAt, n), places(leastAt, n)];
  const table = leastTable();
  const start = 6 * (1 + factor - Math.floor(factor));
  for (let i = 0; i < n; i++) {
    const r = data[i] as number;
    const g = data[i + n] as number;
    const b = data[i + 2 * n] as number;
    // x & (x >> 31) is x where that is negative, else 0.
    const below = (r - g) & ((r - g) >> 31);
    const more = r - below;
    const less = g + below;
    const top = more - ((more - b) & ((more - b) >> 31));
    const low = b + ((less - b) & ((less - b) >> 31));
    // All ones or 0.
    const notRed = (r - top) >> 31;
    const blue = notRed & ((g - top) >> 31);
    const ahead = ((g - b) & ~notRed) | ((b - r) & (notRed ^ blue)) | ((r - g) & blue);
    const spread = top - low;
    const at = start - 2 * (notRed + blue) + ahead * (inverses[spread] as number);
    const sixth = at | 0;
    const part = spread * (at - sixth);
    const between = sixth & 1 ? top - part : low + part;
    const whole = (between + doubt) | 0;
    if (between - whole < doubt && spread !== 0) turnByte(data, out, i, n, factor);
    else {
      out[i + (value[sixth] as number)] = top;
      out[i + (slope[sixth] as number)] = whole;
      out[i + (least[sixth] as number)] = table[top << 8 | low] as number;
    }
  }
}

/** One pixel that is no grey, in float32 step by step. */
function turnByte(data: Uint8Array, out: Uint8Array, i: number, n: number, factor: number): void {
  const [r, g, b] = [shares[data[i] as number] as number, shares[data[i + n] as number] as number, shares[data[i + 2 * n] as number] as number];
  const [max, min] = [Math.max(r, g, b), Math.min(r, g, b)];
  const spread = fround(max - min);
  const s = fround(spread / max);
  const sixth = turn(r, g, b, max, spread, factor);
  const part = within[0] as number;
  const along = fround(s * ((sixth & 1) === 0 ? fround(1 - part) : part));
  out[i + (valueAt[sixth] as number) * n] = fround(max * 255) | 0;
  out[i + (slopeAt[sixth] as number) * n] = fround(fround(max * fround(1 - along)) * 255) | 0;
  out[i + (leastAt[sixth] as number) * n] = fround(fround(max * fround(1 - s)) * 255) | 0;
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
