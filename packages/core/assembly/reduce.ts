// Sum, maximum, minimum and product along the middle axis of x [outer, n, inner]. The host cuts n into parts of fixed length
// and reduces the parts' results again, so sums are trees of a shape that depends on the sizes alone.
import { address, arg } from './abi';
import { firstLanes, storeFirst } from './simd';

// Parameters: x, y, outer, n, inner, operation, elements of n a part, parts, columns a strip, rows a chunk.
const X = 0, Y = 1, OUTER = 2, N = 3, INNER = 4, OPERATION = 5, PART = 6, PARTS = 7, PER_CHUNK = 8;

// Operations on float32, then the same on int32.
const SUM = 0, MAX = 1, MIN = 2, PROD = 3, ISUM = 4, IMAX = 5, IMIN = 6, IPROD = 7;

// @ts-ignore: decorator
@inline function combine(op: i32, a: v128, b: v128): v128 {
  if (op === SUM) return f32x4.add(a, b);
  if (op === MAX) return f32x4.max(a, b);
  if (op === MIN) return f32x4.min(a, b);
  if (op === PROD) return f32x4.mul(a, b);
  if (op === ISUM) return i32x4.add(a, b);
  if (op === IMAX) return i32x4.max_s(a, b);
  if (op === IMIN) return i32x4.min_s(a, b);
  return i32x4.mul(a, b);
}

/** What leaves the other operand as it is. */
// @ts-ignore: decorator
@inline function neutral(op: i32): v128 {
  if (op === SUM || op === ISUM) return i32x4.splat(0);
  if (op === MAX) return f32x4.splat(-Infinity);
  if (op === MIN) return f32x4.splat(Infinity);
  if (op === PROD) return f32x4.splat(1);
  if (op === IMAX) return i32x4.splat(i32.MIN_VALUE);
  if (op === IMIN) return i32x4.splat(i32.MAX_VALUE);
  return i32x4.splat(1);
}

/** n contiguous elements; the result is in every lane. */
// @ts-ignore: decorator
@inline function row(op: i32, from: usize, n: i32): v128 {
  let a = neutral(op), b = a, c = a, d = a;
  for (; n >= 16; n -= 16) {
    a = combine(op, a, v128.load(from));
    b = combine(op, b, v128.load(from, 16));
    c = combine(op, c, v128.load(from, 32));
    d = combine(op, d, v128.load(from, 48));
    from += 64;
  }
  for (; n >= 4; n -= 4) { a = combine(op, a, v128.load(from)); from += 16; }
  if (n > 0) b = combine(op, b, v128.bitselect(v128.load(from), neutral(op), firstLanes(n)));
  a = combine(op, combine(op, a, b), combine(op, c, d));
  a = combine(op, a, i32x4.shuffle(a, a, 2, 3, 0, 1));
  return combine(op, a, i32x4.shuffle(a, a, 1, 0, 3, 2));
}

/** n rows of up to 16 columns. */
// @ts-ignore: decorator
@inline function strip(op: i32, from: usize, n: i32, inner: i32, to: usize, columns: i32): void {
  const step = <usize>inner << 2;
  if (columns >= 16) {
    let a = neutral(op), b = a, c = a, d = a;
    for (; n > 0; n--) {
      a = combine(op, a, v128.load(from));
      b = combine(op, b, v128.load(from, 16));
      c = combine(op, c, v128.load(from, 32));
      d = combine(op, d, v128.load(from, 48));
      from += step;
    }
    v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48);
    return;
  }
  for (let j = 0; j < columns; j += 4) {
    let a = neutral(op);
    let at = from + (<usize>j << 2);
    for (let i = 0; i < n; i++) { a = combine(op, a, v128.load(at)); at += step; }
    if (columns - j >= 4) v128.store(to + (<usize>j << 2), a);
    else storeFirst(to + (<usize>j << 2), a, columns - j);
  }
}

function sumRow(x: usize, n: i32): v128 { return row(SUM, x, n); }
function maxRow(x: usize, n: i32): v128 { return row(MAX, x, n); }
function minRow(x: usize, n: i32): v128 { return row(MIN, x, n); }
function prodRow(x: usize, n: i32): v128 { return row(PROD, x, n); }
function isumRow(x: usize, n: i32): v128 { return row(ISUM, x, n); }
function imaxRow(x: usize, n: i32): v128 { return row(IMAX, x, n); }
function iminRow(x: usize, n: i32): v128 { return row(IMIN, x, n); }
function iprodRow(x: usize, n: i32): v128 { return row(IPROD, x, n); }

function sumStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(SUM, x, n, inner, y, c); }
function maxStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(MAX, x, n, inner, y, c); }
function minStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(MIN, x, n, inner, y, c); }
function prodStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(PROD, x, n, inner, y, c); }
function isumStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(ISUM, x, n, inner, y, c); }
function imaxStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(IMAX, x, n, inner, y, c); }
function iminStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(IMIN, x, n, inner, y, c); }
function iprodStrip(x: usize, n: i32, inner: i32, y: usize, c: i32): void { strip(IPROD, x, n, inner, y, c); }

function anyRow(op: i32, x: usize, n: i32): v128 {
  switch (op) {
    case SUM: return sumRow(x, n);
    case MAX: return maxRow(x, n);
    case MIN: return minRow(x, n);
    case PROD: return prodRow(x, n);
    case ISUM: return isumRow(x, n);
    case IMAX: return imaxRow(x, n);
    case IMIN: return iminRow(x, n);
    default: return iprodRow(x, n);
  }
}

function anyStrip(op: i32, x: usize, n: i32, inner: i32, y: usize, c: i32): void {
  switch (op) {
    case SUM: sumStrip(x, n, inner, y, c); return;
    case MAX: maxStrip(x, n, inner, y, c); return;
    case MIN: minStrip(x, n, inner, y, c); return;
    case PROD: prodStrip(x, n, inner, y, c); return;
    case ISUM: isumStrip(x, n, inner, y, c); return;
    case IMAX: imaxStrip(x, n, inner, y, c); return;
    case IMIN: iminStrip(x, n, inner, y, c); return;
    default: iprodStrip(x, n, inner, y, c);
  }
}

/** inner = 1: y [outer, parts]; a chunk is some of its elements. */
export function reduceRowsTask(chunk: i32): void {
  const n = arg(N), part = arg(PART), parts = arg(PARTS);
  const first = chunk * arg(PER_CHUNK);
  const last = min(arg(OUTER) * parts, first + arg(PER_CHUNK));
  for (let i = first; i < last; i++) {
    const o = i / parts;
    const start = (i - o * parts) * part;
    const v = anyRow(arg(OPERATION), address(X) + (<usize>(o * n + start) << 2), min(part, n - start));
    v128.store32_lane(address(Y) + (<usize>i << 2), v, 0);
  }
}

/** y [outer, parts, inner]; a chunk is a strip of PER_CHUNK columns of one part. */
export function reduceColumnsTask(chunk: i32): void {
  const n = arg(N), inner = arg(INNER), part = arg(PART), parts = arg(PARTS);
  const strips = (inner + arg(PER_CHUNK) - 1) / arg(PER_CHUNK);
  const block = chunk / strips;
  const o = block / parts;
  const start = (block - o * parts) * part;
  const i0 = (chunk - block * strips) * arg(PER_CHUNK);
  const i1 = min(inner, i0 + arg(PER_CHUNK));
  const x = address(X) + (<usize>((o * n + start) * inner) << 2);
  const y = address(Y) + (<usize>(block * inner) << 2);
  for (let i = i0; i < i1; i += 16) {
    anyStrip(arg(OPERATION), x + (<usize>i << 2), min(part, n - start), inner, y + (<usize>i << 2), min(16, i1 - i));
  }
}
