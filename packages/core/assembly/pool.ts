// Pooling over three spatial axes. A chunk is some planes [D, H, W] of x; each window is clipped to its plane.
import { address, arg, scratch, SCRATCH_SMALL } from './abi';
import { at, rowSum } from './layer-norm';
import { splat } from './simd';

// Parameters: [x, y, index, planes, planes a chunk, kind, D, H, W, d, h, w], then triples from 12: kernel, stride, padding,
// dilation; then [1 to count padding, divisor].
const X = 0, Y = 1, INDEX = 2, PLANES = 3, PER_CHUNK = 4, ADAPTIVE = 5, SIZE = 6, WINDOWS = 9;
const KERNEL = 12, STRIDE = 15, PADDING = 18, DILATION = 21, COUNTS_PADDING = 24, DIVISOR = 25;

// Windows along one axis, in scratch: coordinates from, from + step, … below to, and cells with padding counted.
const ENTRY: usize = 12;
// @ts-ignore: decorator
@inline function from(entry: usize): i32 { return load<i32>(entry); }
// @ts-ignore: decorator
@inline function to(entry: usize): i32 { return load<i32>(entry, 4); }
// @ts-ignore: decorator
@inline function full(entry: usize): i32 { return load<i32>(entry, 8); }

/** Writes the windows of an axis and returns where those of the next one go. */
function describe(axis: i32, entry: usize): usize {
  const size = arg(SIZE + axis), n = arg(WINDOWS + axis);
  const step = arg(DILATION + axis), padding = arg(PADDING + axis);
  for (let i = 0; i < n; i++) {
    let first: i32, last: i32, cells: i32;
    if (arg(ADAPTIVE)) {
      first = <i32>(<i64>i * size / n);
      last = <i32>((<i64>(i + 1) * size + n - 1) / n);
      cells = last - first;
    } else {
      first = i * arg(STRIDE + axis) - padding;
      last = first + (arg(KERNEL + axis) - 1) * step + 1;
      const beyond = min(last, size + padding);
      cells = beyond > first ? (beyond - first + step - 1) / step : 0;
      // Into the plane, keeping to the coordinates of the window.
      if (first < 0) first += ((-first + step - 1) / step) * step;
      last = min(last, size);
      first = min(first, last);
    }
    store<i32>(entry, first);
    store<i32>(entry, last, 4);
    store<i32>(entry, cells, 8);
    entry += ENTRY;
  }
  return entry;
}

// Windows of the last axis that padding does not clip are [inside0, inside1); they are worked four at a time.
let inside0: i32 = 0;
let inside1: i32 = 0;

function findInside(): void {
  const stride = arg(STRIDE + 2), padding = arg(PADDING + 2), n = arg(WINDOWS + 2);
  const room = arg(SIZE + 2) - 1 - (arg(KERNEL + 2) - 1) * arg(DILATION + 2) + padding;
  inside0 = arg(ADAPTIVE) ? n : (padding + stride - 1) / stride;
  inside1 = arg(ADAPTIVE) || room < 0 ? 0 : min(n, room / stride + 1);
}

/** Four elements `stride` apart. */
// @ts-ignore: decorator
@inline function spread(x: usize, stride: i32): v128 {
  if (stride === 1) return v128.load(x);
  if (stride === 2) return i32x4.shuffle(v128.load(x), v128.load(x, 16), 0, 2, 4, 6);
  const step = <usize>stride << 2;
  return f32x4(load<f32>(x), load<f32>(x + step), load<f32>(x + 2 * step), load<f32>(x + 3 * step));
}

export function maxPoolTask(chunk: i32): void {
  const h = arg(SIZE + 1), w = arg(SIZE + 2), volume = arg(SIZE) * h * w;
  const zs = scratch + SCRATCH_SMALL, ys = describe(0, zs), xs = describe(1, ys);
  describe(2, xs);
  findInside();
  const columns = arg(WINDOWS + 2);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  let out = chunk * arg(PER_CHUNK) * arg(WINDOWS) * arg(WINDOWS + 1) * columns;
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    for (let i = zs; i < ys; i += ENTRY) {
      for (let j = ys; j < xs; j += ENTRY) {
        for (let k = 0; k < columns;) {
          const entry = xs + <usize>k * ENTRY;
          if (k >= inside0 && k + 4 <= inside1) {
            maxFour(x, i, j, from(entry), h, w, out);
            k += 4;
            out += 4;
          } else {
            maxOne(x, i, j, entry, h, w, out);
            k++;
            out++;
          }
        }
      }
    }
  }
}

function maxOne(x: usize, i: usize, j: usize, k: usize, h: i32, w: i32, out: i32): void {
  const sz = arg(DILATION), sy = arg(DILATION + 1), sx = arg(DILATION + 2);
  let value: f32 = -Infinity;
  const some = from(i) < to(i) && from(j) < to(j) && from(k) < to(k);
  let best = some ? (from(i) * h + from(j)) * w + from(k) : 0;
  for (let z = from(i); z < to(i); z += sz) {
    for (let y = from(j); y < to(j); y += sy) {
      const row = (z * h + y) * w;
      for (let c = from(k); c < to(k); c += sx) {
        const v = load<f32>(at(x, row + c));
        // True for a NaN in v, never once value is NaN.
        if (!(v <= value) && value === value) { value = v; best = row + c; }
      }
    }
  }
  store<f32>(at(address(Y), out), value);
  store<i32>(at(address(INDEX), out), best);
}

/** The same for four windows side by side, the first beginning at column `c0`. */
function maxFour(x: usize, i: usize, j: usize, c0: i32, h: i32, w: i32, out: i32): void {
  const sz = arg(DILATION), sy = arg(DILATION + 1), sx = arg(DILATION + 2), stride = arg(STRIDE + 2);
  const c1 = c0 + (arg(KERNEL + 2) - 1) * sx;
  const offsets = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(stride));
  let value = splat(-Infinity);
  const some = from(i) < to(i) && from(j) < to(j);
  let best = some ? i32x4.add(i32x4.splat((from(i) * h + from(j)) * w + c0), offsets) : splat(0);
  for (let z = from(i); z < to(i); z += sz) {
    for (let y = from(j); y < to(j); y += sy) {
      const row = (z * h + y) * w;
      for (let c = c0; c <= c1; c += sx) {
        const v = spread(at(x, row + c), stride);
        const beats = v128.andnot(f32x4.eq(value, value), f32x4.le(v, value));
        value = v128.bitselect(v, value, beats);
        best = v128.bitselect(i32x4.add(i32x4.splat(row + c), offsets), best, beats);
      }
    }
  }
  v128.store(at(address(Y), out), value);
  v128.store(at(address(INDEX), out), best);
}

// @ts-ignore: decorator
@inline function divisor(i: usize, j: usize, k: usize): f32 {
  const fixed = arg(DIVISOR);
  if (fixed) return <f32>fixed;
  if (arg(COUNTS_PADDING)) return <f32>(full(i) * full(j) * full(k));
  return <f32>((to(i) - from(i)) * (to(j) - from(j)) * (to(k) - from(k)));
}

export function avgPoolTask(chunk: i32): void {
  const h = arg(SIZE + 1), w = arg(SIZE + 2), volume = arg(SIZE) * h * w;
  const zs = scratch + SCRATCH_SMALL, ys = describe(0, zs), xs = describe(1, ys);
  describe(2, xs);
  findInside();
  const columns = arg(WINDOWS + 2), stride = arg(STRIDE + 2), width = arg(KERNEL + 2);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  let out = chunk * arg(PER_CHUNK) * arg(WINDOWS) * arg(WINDOWS + 1) * columns;
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    for (let i = zs; i < ys; i += ENTRY) {
      for (let j = ys; j < xs; j += ENTRY) {
        for (let k = 0; k < columns;) {
          const entry = xs + <usize>k * ENTRY;
          const y = at(address(Y), out);
          if (k >= inside0 && k + 4 <= inside1) {
            let sum = splat(0);
            for (let r = from(i); r < to(i); r++) {
              for (let q = from(j); q < to(j); q++) {
                const row = at(x, (r * h + q) * w + from(entry));
                for (let c = 0; c < width; c++) sum = f32x4.add(sum, spread(at(row, c), stride));
              }
            }
            v128.store(y, f32x4.div(sum, splat(divisor(i, j, entry))));
            k += 4;
            out += 4;
          } else {
            let sum: f64 = 0;
            for (let r = from(i); r < to(i); r++) {
              for (let q = from(j); q < to(j); q++) sum += rowSum(at(x, (r * h + q) * w + from(entry)), to(entry) - from(entry));
            }
            store<f32>(y, <f32>(sum / divisor(i, j, entry)));
            k++;
            out++;
          }
        }
      }
    }
  }
}

/** y holds the gradient of the windows, x receives that of the plane. */
export function avgPoolGradTask(chunk: i32): void {
  const h = arg(SIZE + 1), w = arg(SIZE + 2), volume = arg(SIZE) * h * w;
  const zs = scratch + SCRATCH_SMALL, ys = describe(0, zs), xs = describe(1, ys), end = describe(2, xs);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  let out = chunk * arg(PER_CHUNK) * arg(WINDOWS) * arg(WINDOWS + 1) * arg(WINDOWS + 2);
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    memory.fill(x, 0, <usize>volume << 2);
    for (let i = zs; i < ys; i += ENTRY) {
      for (let j = ys; j < xs; j += ENTRY) {
        for (let k = xs; k < end; k += ENTRY, out++) {
          const share = load<f32>(at(address(Y), out)) / divisor(i, j, k);
          for (let z = from(i); z < to(i); z++) {
            for (let y = from(j); y < to(j); y++) {
              for (let c = from(k); c < to(k); c++) {
                const cell = at(x, (z * h + y) * w + c);
                store<f32>(cell, load<f32>(cell) + share);
              }
            }
          }
        }
      }
    }
  }
}
