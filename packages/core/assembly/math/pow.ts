// pow of four float32, at most 1 ulp, worked in float64 pairs: 2^(y log2 x), with C's special cases.
import { fromHalves, highHalf, lowHalf, pick, splat } from '../simd';

// @ts-ignore: decorator
@inline function c64(x: f64): v128 { return f64x2.splat(x); }
// @ts-ignore: decorator
@inline function step(p: v128, x: v128, c: f64): v128 { return f64x2.add(f64x2.mul(p, x), c64(c)); }

/** log2 of two positive float64 made from float32: the series of artanh in (m - 1) / (m + 1), |.| <= 0.172. */
// @ts-ignore: decorator
@inline function log2Pair(x: v128): v128 {
  const shifted = i64x2.add(x, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
  const k = i64x2.sub(i64x2.shr_s(shifted, 52), i64x2.splat(1023));
  const m = i64x2.add(v128.and(shifted, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e667f3bcd));
  const s = f64x2.div(f64x2.sub(m, c64(1)), f64x2.add(m, c64(1)));
  const z = f64x2.mul(s, s);
  let p = c64(1.0 / 15);
  p = step(p, z, 1.0 / 13); p = step(p, z, 1.0 / 11); p = step(p, z, 1.0 / 9);
  p = step(p, z, 1.0 / 7); p = step(p, z, 1.0 / 5); p = step(p, z, 1.0 / 3); p = step(p, z, 1);
  const exponent = f64x2.convert_low_i32x4_s(i32x4.shuffle(k, k, 0, 2, 0, 2));
  const y = f64x2.add(exponent, f64x2.mul(f64x2.mul(s, p), c64(2 * 1.4426950408889634)));
  const finite = v128.bitselect(c64(Infinity), y, f64x2.eq(x, c64(Infinity)));
  return v128.bitselect(c64(-Infinity), finite, f64x2.eq(x, c64(0)));
}

/** 2^t of two float64; the clamped ends overflow or vanish in float32. */
// @ts-ignore: decorator
@inline function exp2Pair(t: v128): v128 {
  const bounded = f64x2.pmax(f64x2.pmin(t, c64(1000)), c64(-1000));
  const n = f64x2.nearest(bounded);
  const f = f64x2.mul(f64x2.sub(bounded, n), c64(0.6931471805599453));
  let p = c64(1.0 / 362880);
  p = step(p, f, 1.0 / 40320); p = step(p, f, 1.0 / 5040); p = step(p, f, 1.0 / 720); p = step(p, f, 1.0 / 120);
  p = step(p, f, 1.0 / 24); p = step(p, f, 1.0 / 6); p = step(p, f, 0.5); p = step(p, f, 1); p = step(p, f, 1);
  const scale = i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(n)), i64x2.splat(1023)), 52);
  return f64x2.mul(p, scale);
}

function powPair(x: v128, y: v128): v128 { return exp2Pair(f64x2.mul(y, log2Pair(x))); }

export function pow4(x: v128, y: v128): v128 {
  const a = f32x4.abs(x);
  let r = fromHalves(powPair(lowHalf(a), lowHalf(y)), powPair(highHalf(a), highHalf(y)));
  // The logarithm works on bits and knows no NaN.
  r = pick(f32x4.eq(x, x), r, x);
  const one = splat(1);
  r = pick(f32x4.eq(a, one), pick(f32x4.eq(y, y), one, r), r);
  const whole = f32x4.eq(y, f32x4.trunc(y));
  const odd = v128.and(v128.and(whole, f32x4.lt(f32x4.abs(y), splat(16777216))),
    i32x4.eq(v128.and(i32x4.trunc_sat_f32x4_s(y), i32x4.splat(1)), i32x4.splat(1)));
  r = v128.xor(r, v128.and(v128.and(x, odd), i32x4.splat(0x80000000)));
  const negative = v128.and(f32x4.lt(x, splat(0)), f32x4.gt(x, splat(-Infinity)));
  r = pick(v128.andnot(negative, whole), splat(NaN), r);
  return pick(v128.or(f32x4.eq(y, splat(0)), f32x4.eq(x, one)), one, r);
}
