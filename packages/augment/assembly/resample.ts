// Images in another size: down the columns into one row of sums, then along it, in float32. AssemblyScript, compiled by
// scripts/build-wasm.mjs. What is read past the end of a row has a weight of 0, and is a number.

/** Sums of a row, and four more that are 0. `stride` weights an output row, of which `count` are not padding. */
@inline
function downBytes(from: usize, width: usize, n: usize, weights: usize, count: i32, sums: usize): void {
  for (let x: usize = 0; x < n; x += 16) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    let at = from + x;
    for (let k = 0; k < count; k++) {
      const w = v128.load32_splat(weights + (<usize>k << 2));
      const bytes = v128.load(at);
      const low = i16x8.extend_low_i8x16_u(bytes);
      const high = i16x8.extend_high_i8x16_u(bytes);
      a = f32x4.add(a, f32x4.mul(w, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low))));
      b = f32x4.add(b, f32x4.mul(w, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low))));
      c = f32x4.add(c, f32x4.mul(w, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high))));
      d = f32x4.add(d, f32x4.mul(w, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high))));
      at += width;
    }
    const to = sums + (x << 2);
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
}

@inline
function downFloats(from: usize, width: usize, n: usize, weights: usize, count: i32, sums: usize): void {
  for (let x: usize = 0; x < n; x += 4) {
    let a = f32x4.splat(0);
    let at = from + (x << 2);
    for (let k = 0; k < count; k++) {
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(weights + (<usize>k << 2)), v128.load(at)));
      at += width << 2;
    }
    v128.store(sums + (x << 2), a);
  }
}

/** Four outputs of two weights each. */
@inline
function pairs(sums: usize, starts: usize, weights: usize): v128 {
  const p = f32x4.mul(v128.load64_lane(sums + (<usize>load<i32>(starts, 4) << 2), v128.load64_zero(sums + (<usize>load<i32>(starts) << 2)), 1), v128.load(weights));
  const q = f32x4.mul(v128.load64_lane(sums + (<usize>load<i32>(starts, 12) << 2), v128.load64_zero(sums + (<usize>load<i32>(starts, 8) << 2)), 1), v128.load(weights, 16));
  return f32x4.add(v128.shuffle<f32>(p, q, 0, 2, 4, 6), v128.shuffle<f32>(p, q, 1, 3, 5, 7));
}

/** The products of one output, four sums of them. */
@inline
function dot(sums: usize, start: i32, weights: usize, stride: i32): v128 {
  const from = sums + (<usize>start << 2);
  let sum = f32x4.mul(v128.load(from), v128.load(weights));
  for (let k: usize = 16; k < <usize>stride << 2; k += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(from + k), v128.load(weights + k)));
  return sum;
}

/** Four outputs of a multiple of four weights each. */
@inline
function dots(sums: usize, starts: usize, weights: usize, stride: i32): v128 {
  const step = <usize>stride << 2;
  const a = dot(sums, load<i32>(starts), weights, stride);
  const b = dot(sums, load<i32>(starts, 4), weights + step, stride);
  const c = dot(sums, load<i32>(starts, 8), weights + 2 * step, stride);
  const d = dot(sums, load<i32>(starts, 12), weights + 3 * step, stride);
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/**
 * One plane. `from`: h rows of `width` elements, of which those from `left` on make `m` rows of `n`; rows of taps are padded to `stride`: 2, or
 * a multiple of 4. Starts and weights have room for a multiple of four outputs. Outputs are written four at a time, so up to three too many.
 */
export function mix(
  floats: bool, from: usize, width: usize, wide: usize, to: usize, m: i32, n: i32,
  rowStarts: usize, rowWeights: usize, rowCount: i32, rowStride: i32, starts: usize, weights: usize, stride: i32, sums: usize,
): void {
  for (let y = 0; y < m; y++) {
    const first = <usize>load<i32>(rowStarts + (<usize>y << 2)) * width;
    const ws = rowWeights + (<usize>(y * rowStride) << 2);
    if (floats) downFloats(from + (first << 2), width, wide, ws, rowCount, sums);
    else downBytes(from + first, width, wide, ws, rowCount, sums);
    v128.store(sums + (((wide + 15) & ~15) << 2), f32x4.splat(0));
    if (floats) v128.store(sums + (((wide + 3) & ~3) << 2), f32x4.splat(0));
    for (let x = 0; x < n; x += 4) {
      const at = starts + (<usize>x << 2);
      const w = weights + (<usize>(x * stride) << 2);
      const four = stride == 2 ? pairs(sums, at, w) : dots(sums, at, w, stride);
      if (floats) {
        v128.store(to + (<usize>x << 2), four);
      } else {
        // Halves up; what overshoots is cut.
        const whole = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(four, f32x4.splat(0.5))));
        const half = i16x8.narrow_i32x4_s(whole, whole);
        v128.store32_lane(to + <usize>x, i8x16.narrow_i16x8_u(half, half), 0);
      }
    }
    to += <usize>n << (floats ? 2 : 0);
  }
}

/** One plane of bytes, each output from the pixel that its taps begin with. */
export function pick(from: usize, width: usize, to: usize, m: i32, n: i32, rowStarts: usize, starts: usize): void {
  for (let y = 0; y < m; y++) {
    const row = from + <usize>load<i32>(rowStarts + (<usize>y << 2)) * width;
    let x = 0;
    for (; x + 4 <= n; x += 4) {
      const at = starts + (<usize>x << 2);
      const word = <u32>load<u8>(row + <usize>load<i32>(at)) | (<u32>load<u8>(row + <usize>load<i32>(at, 4)) << 8)
        | (<u32>load<u8>(row + <usize>load<i32>(at, 8)) << 16) | (<u32>load<u8>(row + <usize>load<i32>(at, 12)) << 24);
      store<u32>(to + <usize>x, word);
    }
    for (; x < n; x++) store<u8>(to + <usize>x, load<u8>(row + <usize>load<i32>(starts + (<usize>x << 2))));
    to += <usize>n;
  }
}

/** The same of floats, to the bit. */
export function pickFloats(from: usize, width: usize, to: usize, m: i32, n: i32, rowStarts: usize, starts: usize): void {
  for (let y = 0; y < m; y++) {
    const row = from + ((<usize>load<i32>(rowStarts + (<usize>y << 2)) * width) << 2);
    for (let x = 0; x < n; x++) store<u32>(to + (<usize>x << 2), load<u32>(row + (<usize>load<i32>(starts + (<usize>x << 2)) << 2)));
    to += <usize>n << 2;
  }
}
