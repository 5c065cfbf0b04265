// Bytes in other colours, 16 at a time, in float32 as PyTorch computes. What lies up to 16 bytes behind n bytes may change with them.

/** Keeps these bits of each byte. */
export function keepBits(at: usize, n: usize, mask: i32): void {
  const bits = i8x16.splat(<i8>mask);
  for (const end = at + n; at < end; at += 16) v128.store(at, v128.and(v128.load(at), bits));
}

/** 255 - v of the bytes v that reach the threshold. */
export function invertFrom(at: usize, n: usize, threshold: i32): void {
  const least = i8x16.splat(<i8>threshold);
  for (const end = at + n; at < end; at += 16) {
    const v = v128.load(at);
    v128.store(at, v128.xor(v, i8x16.ge_u(v, least)));
  }
}

/** The k-th four of 16 bytes. */
@inline
function floats(v: v128, k: i32): v128 {
  const half = k < 2 ? i16x8.extend_low_i8x16_u(v) : i16x8.extend_high_i8x16_u(v);
  return f32x4.convert_i32x4_u((k & 1) == 0 ? i32x4.extend_low_i16x8_u(half) : i32x4.extend_high_i16x8_u(half));
}

/** Fractions dropped, cut to 0 … 255. */
@inline
function bytes(a: v128, b: v128, c: v128, d: v128): v128 {
  const low = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b));
  const high = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(c), i32x4.trunc_sat_f32x4_s(d));
  return i8x16.narrow_i16x8_u(low, high);
}

@inline
function line(v: v128, k: i32, from: v128, scale: v128, share: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(floats(v, k), from), scale), share);
}

/** (v - from) scale + share. */
export function blend(at: usize, n: usize, from: f32, scale: f32, share: f32): void {
  const p = f32x4.splat(from), q = f32x4.splat(scale), r = f32x4.splat(share);
  for (const end = at + n; at < end; at += 16) {
    const v = v128.load(at);
    v128.store(at, bytes(line(v, 0, p, q, r), line(v, 1, p, q, r), line(v, 2, p, q, r), line(v, 3, p, q, r)));
  }
}

@inline
function luma(r: v128, g: v128, b: v128, k: i32): v128 {
  const redGreen = f32x4.add(f32x4.mul(floats(r, k), f32x4.splat(0.2989)), f32x4.mul(floats(g, k), f32x4.splat(0.587)));
  return f32x4.add(redGreen, f32x4.mul(floats(b, k), f32x4.splat(0.114)));
}

@inline
function greys(r: v128, g: v128, b: v128): v128 {
  return bytes(luma(r, g, b, 0), luma(r, g, b, 1), luma(r, g, b, 2), luma(r, g, b, 3));
}

/** The grey of n pixels, whose greens and blues lie `plane` bytes behind one another, in place of their reds. */
export function grey(at: usize, plane: usize, n: usize): void {
  for (const end = at + n; at < end; at += 16) v128.store(at, greys(v128.load(at), v128.load(at + plane), v128.load(at + 2 * plane)));
}

@inline
function saturated(v: v128, g: v128, own: v128, other: v128): v128 {
  return bytes(
    f32x4.add(f32x4.mul(floats(v, 0), own), f32x4.mul(floats(g, 0), other)), f32x4.add(f32x4.mul(floats(v, 1), own), f32x4.mul(floats(g, 1), other)),
    f32x4.add(f32x4.mul(floats(v, 2), own), f32x4.mul(floats(g, 2), other)), f32x4.add(f32x4.mul(floats(v, 3), own), f32x4.mul(floats(g, 3), other)),
  );
}

/** own v + other g of n pixels, g their grey. */
export function saturate(at: usize, plane: usize, n: usize, own: f32, other: f32): void {
  const p = f32x4.splat(own), q = f32x4.splat(other);
  for (const end = at + n; at < end; at += 16) {
    const r = v128.load(at), g = v128.load(at + plane), b = v128.load(at + 2 * plane);
    const l = greys(r, g, b);
    v128.store(at, saturated(r, l, p, q));
    v128.store(at + plane, saturated(g, l, p, q));
    v128.store(at + 2 * plane, saturated(b, l, p, q));
  }
}

/** Of n bytes, below 2^24 of them. */
export function sum(at: usize, n: usize): i32 {
  v128.store(at + n, i32x4.splat(0));
  let sums = i32x4.splat(0);
  for (const end = at + n; at < end; at += 16) sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.load(at))));
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}

/** The least of n bytes, and the greatest times 256. */
export function extent(at: usize, n: usize): i32 {
  let low = v128.load8_splat(at), high = low;
  v128.store(at + n, low);
  for (const end = at + n; at < end; at += 16) {
    const v = v128.load(at);
    low = i8x16.min_u(low, v);
    high = i8x16.max_u(high, v);
  }
  // Halves of halves, until all are the same.
  low = i8x16.min_u(low, i8x16.shuffle(low, low, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  low = i8x16.min_u(low, i8x16.shuffle(low, low, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3));
  low = i8x16.min_u(low, i8x16.shuffle(low, low, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1));
  high = i8x16.max_u(high, i8x16.shuffle(high, high, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  high = i8x16.max_u(high, i8x16.shuffle(high, high, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3));
  high = i8x16.max_u(high, i8x16.shuffle(high, high, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1));
  const least = min<i32>(i8x16.extract_lane_u(low, 0), i8x16.extract_lane_u(low, 1));
  const greatest = max<i32>(i8x16.extract_lane_u(high, 0), i8x16.extract_lane_u(high, 1));
  return least | (greatest << 8);
}

/** Eight bytes, and their neighbours in a row of weight 1. */
@inline
function three(at: usize): v128 {
  return i16x8.add(i16x8.add(v128.load8x8_u(at - 1), v128.load8x8_u(at)), v128.load8x8_u(at + 1));
}

@inline
function sharp(v: v128, sum: v128, own: v128, other: v128): v128 {
  const smooth = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_u(sum), f32x4.splat(<f32>(1.0 / 13.0))));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(f32x4.convert_i32x4_u(v), own), f32x4.mul(smooth, other)));
}

/** own v + other s of a plane but for its edge, s a pixel's mean with its neighbours, itself counted five times. */
export function sharpen(from: usize, to: usize, h: usize, w: usize, own: f32, other: f32): void {
  const p = f32x4.splat(own), q = f32x4.splat(other);
  memory.copy(to, from, w);
  for (let y: usize = 1; y < h - 1; y++) {
    const row = from + y * w, out = to + y * w;
    store<u8>(out, load<u8>(row));
    // The last eight of a row reach into the next one, which is written after it.
    for (let x: usize = 1; x < w - 1; x += 8) {
      const v = v128.load8x8_u(row + x);
      const sum = i16x8.add(i16x8.add(three(row + x - w), three(row + x + w)), i16x8.add(three(row + x), i16x8.shl(v, 2)));
      const low = sharp(i32x4.extend_low_i16x8_u(v), i32x4.extend_low_i16x8_u(sum), p, q);
      const high = sharp(i32x4.extend_high_i16x8_u(v), i32x4.extend_high_i16x8_u(sum), p, q);
      const half = i16x8.narrow_i32x4_s(low, high);
      v128.store64_lane(out + x, i8x16.narrow_i16x8_u(half, half), 0);
    }
    store<u8>(out + w - 1, load<u8>(row + w - 1));
  }
  memory.copy(to + (h - 1) * w, from + (h - 1) * w, w);
}
