// Pooling over three spatial axes. A chunk is some planes [D, H, W] of x; each window is clipped to its plane.
import { address, arg } from './abi';
import { at } from './layer-norm';

// Parameters: [x, y, index, planes, planes a chunk, kind, D, H, W, d, h, w], then triples from 12: kernel, stride, padding,
// dilation; then [1 to count padding, divisor].
const X = 0, Y = 1, INDEX = 2, PLANES = 3, PER_CHUNK = 4, ADAPTIVE = 5, SIZE = 6, WINDOWS = 9;
const KERNEL = 12, STRIDE = 15, PADDING = 18, DILATION = 21, COUNTS_PADDING = 24, DIVISOR = 25;

// The window along one axis: coordinates from, from + step, … below to, and its cells with padding counted.
let from: i32 = 0;
let to: i32 = 0;
let full: i32 = 0;

function span(axis: i32, i: i32): void {
  const size = arg(SIZE + axis);
  if (arg(ADAPTIVE)) {
    const n = arg(WINDOWS + axis);
    from = <i32>(<i64>i * size / n);
    to = <i32>((<i64>(i + 1) * size + n - 1) / n);
    full = to - from;
    return;
  }
  const step = arg(DILATION + axis), padding = arg(PADDING + axis);
  from = i * arg(STRIDE + axis) - padding;
  to = from + (arg(KERNEL + axis) - 1) * step + 1;
  const beyond = min(to, size + padding);
  full = beyond > from ? (beyond - from + step - 1) / step : 0;
  // Into the plane, keeping to the coordinates of the window.
  if (from < 0) from += ((-from + step - 1) / step) * step;
  to = min(to, size);
  from = min(from, to);
}

export function maxPoolTask(chunk: i32): void {
  const h = arg(SIZE + 1), w = arg(SIZE + 2), volume = arg(SIZE) * h * w;
  const windows = arg(WINDOWS) * arg(WINDOWS + 1) * arg(WINDOWS + 2);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  const sz = arg(DILATION), sy = arg(DILATION + 1), sx = arg(DILATION + 2);
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    let out = p * windows;
    for (let i = 0; i < arg(WINDOWS); i++) {
      span(0, i);
      const z0 = from, z1 = to;
      for (let j = 0; j < arg(WINDOWS + 1); j++) {
        span(1, j);
        const y0 = from, y1 = to;
        for (let k = 0; k < arg(WINDOWS + 2); k++, out++) {
          span(2, k);
          let value: f32 = -Infinity;
          let best = z0 < z1 && y0 < y1 && from < to ? (z0 * h + y0) * w + from : 0;
          for (let z = z0; z < z1; z += sz) {
            for (let y = y0; y < y1; y += sy) {
              for (let c = from; c < to; c += sx) {
                const e = (z * h + y) * w + c;
                const v = load<f32>(at(x, e));
                // True for a NaN in v, never once value is NaN.
                if (!(v <= value) && value === value) { value = v; best = e; }
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
@inline function divisor(cells: i32, whole: i32): f32 {
  const fixed = arg(DIVISOR);
  return <f32>(fixed ? fixed : arg(COUNTS_PADDING) ? whole : cells);
}

export function avgPoolTask(chunk: i32): void {
  const h = arg(SIZE + 1), w = arg(SIZE + 2), volume = arg(SIZE) * h * w;
  const windows = arg(WINDOWS) * arg(WINDOWS + 1) * arg(WINDOWS + 2);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    let out = p * windows;
    for (let i = 0; i < arg(WINDOWS); i++) {
      span(0, i);
      const z0 = from, z1 = to, fz = full;
      for (let j = 0; j < arg(WINDOWS + 1); j++) {
        span(1, j);
        const y0 = from, y1 = to, fy = full;
        for (let k = 0; k < arg(WINDOWS + 2); k++, out++) {
          span(2, k);
          let sum: f64 = 0;
          for (let z = z0; z < z1; z++) for (let y = y0; y < y1; y++) for (let c = from; c < to; c++) sum += load<f32>(at(x, (z * h + y) * w + c));
          store<f32>(at(address(Y), out), <f32>sum / divisor((z1 - z0) * (y1 - y0) * (to - from), fz * fy * full));
        }
      }
    }
  }
}

/** y holds the gradient of the windows, x receives that of the plane. */
export function avgPoolGradTask(chunk: i32): void {
  const h = arg(SIZE + 1), w = arg(SIZE + 2), volume = arg(SIZE) * h * w;
  const windows = arg(WINDOWS) * arg(WINDOWS + 1) * arg(WINDOWS + 2);
  const last = min(arg(PLANES), (chunk + 1) * arg(PER_CHUNK));
  for (let p = chunk * arg(PER_CHUNK); p < last; p++) {
    const x = at(address(X), p * volume);
    memory.fill(x, 0, <usize>volume << 2);
    let out = p * windows;
    for (let i = 0; i < arg(WINDOWS); i++) {
      span(0, i);
      const z0 = from, z1 = to, fz = full;
      for (let j = 0; j < arg(WINDOWS + 1); j++) {
        span(1, j);
        const y0 = from, y1 = to, fy = full;
        for (let k = 0; k < arg(WINDOWS + 2); k++, out++) {
          span(2, k);
          const share = load<f32>(at(address(Y), out)) / divisor((z1 - z0) * (y1 - y0) * (to - from), fz * fy * full);
          for (let z = z0; z < z1; z++) for (let y = y0; y < y1; y++) for (let c = from; c < to; c++) {
            const cell = at(x, (z * h + y) * w + c);
            store<f32>(cell, load<f32>(cell) + share);
          }
        }
      }
    }
  }
}
