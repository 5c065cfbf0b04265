// Pooling over three spatial axes. A chunk is some planes [D, H, W] of x; each window is clipped to its plane.
import { address, arg, scratch, SCRATCH_SMALL } from './abi';
import { at } from './layer-norm';

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

export function maxPoolTask(chunk: i32): void {
  const h = arg(SIZE + 1), w = arg(SIZE + 2), volume = arg(SIZE) * h * w;
  const sz = arg(DILATION), sy = arg(DILATION + 1), sx = arg(DILATION + 2);
  const zs = scratch + SCRATCH_SMALL, ys = describe(0, zs), xs = describe(1, ys), end = describe(2, xs);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  let out = chunk * arg(PER_CHUNK) * arg(WINDOWS) * arg(WINDOWS + 1) * arg(WINDOWS + 2);
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    for (let i = zs; i < ys; i += ENTRY) {
      for (let j = ys; j < xs; j += ENTRY) {
        for (let k = xs; k < end; k += ENTRY, out++) {
          let value: f32 = -Infinity;
          const some = from(i) < to(i) && from(j) < to(j) && from(k) < to(k);
          let best = some ? (from(i) * h + from(j)) * w + from(k) : 0;
          for (let z = from(i); z < to(i); z += sz) {
            for (let y = from(j); y < to(j); y += sy) {
              const row = (z * h + y) * w;
              for (let c = from(k); c < to(k); c += sx) {
                const v = load<f32>(at(x, row + c));
                // True for a NaN in v, never once value is NaN. Selected without a branch: images are unpredictable.
                const beats = i32(!(v <= value)) & i32(value === value);
                value = select<f32>(v, value, beats);
                best = select<i32>(row + c, best, beats);
              }
            }
          }
          store<f32>(at(address(Y), out), value);
          store<i32>(at(address(INDEX), out), best);
        }
      }
    }
  }
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
  const zs = scratch + SCRATCH_SMALL, ys = describe(0, zs), xs = describe(1, ys), end = describe(2, xs);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  let out = chunk * arg(PER_CHUNK) * arg(WINDOWS) * arg(WINDOWS + 1) * arg(WINDOWS + 2);
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    for (let i = zs; i < ys; i += ENTRY) {
      for (let j = ys; j < xs; j += ENTRY) {
        for (let k = xs; k < end; k += ENTRY, out++) {
          let sum: f64 = 0;
          for (let z = from(i); z < to(i); z++) {
            for (let y = from(j); y < to(j); y++) {
              for (let c = from(k); c < to(k); c++) sum += load<f32>(at(x, (z * h + y) * w + c));
            }
          }
          store<f32>(at(address(Y), out), <f32>(sum / divisor(i, j, k)));
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
