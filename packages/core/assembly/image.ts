// Rows of the matrix that turns a convolution into a product: for one channel and one place of the kernel, the input under
// every output position. They are made on the fly, never stored as a whole.
import { arg } from './abi';
import { splat } from './simd';

// Geometry, in triples: input, kernel, output, stride, padding, dilation.
export const INPUT = 32, KERNEL = 35, OUTPUT = 38, STRIDE = 41, PADDING = 44, DILATION = 47;

// The current run: output positions [first, last) of a line see input columns start, start + stride, …
let first: i32 = 0;
let last: i32 = 0;
let start: i32 = 0;

/** Clips a line of output positions [w0, w1) at offset `kw` in the kernel to the input. */
// @ts-ignore: decorator
@inline function clip(kw: i32, w0: i32, w1: i32): void {
  const stride = arg(STRIDE + 2);
  const shift = kw * arg(DILATION + 2) - arg(PADDING + 2);
  // ow * stride + shift in [0, width)
  const low = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
  const high = arg(INPUT + 2) - shift;
  first = min(w1, max(w0, low));
  last = max(first, min(w1, high > 0 ? (high + stride - 1) / stride : 0));
  start = first * stride + shift;
}

/** Where a line of the input begins for an output line and a place in the kernel, in elements; -1 where it is padding. */
// @ts-ignore: decorator
@inline function lineOf(od: i32, oh: i32, kd: i32, kh: i32): i32 {
  const z = od * arg(STRIDE) + kd * arg(DILATION) - arg(PADDING);
  const y = oh * arg(STRIDE + 1) + kh * arg(DILATION + 1) - arg(PADDING + 1);
  if (<u32>z >= <u32>arg(INPUT) || <u32>y >= <u32>arg(INPUT + 1)) return -1;
  return (z * arg(INPUT + 1) + y) * arg(INPUT + 2);
}

/** Writes zeros and may overshoot by three elements, as the next run overwrites them. */
// @ts-ignore: decorator
@inline function zeros(to: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(to + (<usize>i << 2), splat(0));
}

/** The input of `channel` seen from place `tap` of the kernel at output positions [column, column + count), with slack behind. */
export function imageRow(channel: usize, tap: i32, column: i32, count: i32, to: usize): void {
  const kw = tap % arg(KERNEL + 2);
  const kh = (tap / arg(KERNEL + 2)) % arg(KERNEL + 1);
  const kd = tap / (arg(KERNEL + 2) * arg(KERNEL + 1));
  const width = arg(OUTPUT + 2), height = arg(OUTPUT + 1), stride = arg(STRIDE + 2);
  let ow = column % width;
  let oh = (column / width) % height;
  let od = column / (width * height);
  while (count > 0) {
    const run = min(count, width - ow);
    const line = lineOf(od, oh, kd, kh);
    if (line < 0) zeros(to, run);
    else {
      clip(kw, ow, ow + run);
      zeros(to, first - ow);
      let out = to + (<usize>(first - ow) << 2);
      let from = channel + (<usize>(line + start) << 2);
      const n = last - first;
      if (stride === 1) for (let i = 0; i < n; i += 4) v128.store(out + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
      else {
        for (let i = 0; i < n; i++) {
          store<f32>(out + (<usize>i << 2), load<f32>(from));
          from += <usize>stride << 2;
        }
      }
      out += <usize>n << 2;
      zeros(out, ow + run - last);
    }
    to += <usize>run << 2;
    count -= run;
    ow = 0;
    if (++oh === height) { oh = 0; od++; }
  }
}

/** The adjoint: adds a row back to where it came from. */
export function addImageRow(channel: usize, tap: i32, column: i32, count: i32, from: usize): void {
  const kw = tap % arg(KERNEL + 2);
  const kh = (tap / arg(KERNEL + 2)) % arg(KERNEL + 1);
  const kd = tap / (arg(KERNEL + 2) * arg(KERNEL + 1));
  const width = arg(OUTPUT + 2), height = arg(OUTPUT + 1), stride = arg(STRIDE + 2);
  let ow = column % width;
  let oh = (column / width) % height;
  let od = column / (width * height);
  while (count > 0) {
    const run = min(count, width - ow);
    const line = lineOf(od, oh, kd, kh);
    if (line >= 0) {
      clip(kw, ow, ow + run);
      let source = from + (<usize>(first - ow) << 2);
      let to = channel + (<usize>(line + start) << 2);
      let n = last - first;
      if (stride === 1) {
        for (; n >= 4; n -= 4) {
          v128.store(to, f32x4.add(v128.load(to), v128.load(source)));
          to += 16;
          source += 16;
        }
      }
      for (; n > 0; n--) {
        store<f32>(to, load<f32>(to) + load<f32>(source));
        to += <usize>stride << 2;
        source += 4;
      }
    }
    from += <usize>run << 2;
    count -= run;
    ow = 0;
    if (++oh === height) { oh = 0; od++; }
  }
}
