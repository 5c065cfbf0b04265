// exp and expm1 of four float32, at most 1.5 and 2 ulp.
// Reduction x = n ln 2 + r with |r| <= ln 2 / 2, and the polynomial of Cephes' expf for e^r - 1 - r.
import { bits, splat } from '../simd';

const LOG2E: f32 = 1.44269504088896341;
// n has at most 8 bits and LN2_HIGH 9, so n * LN2_HIGH is exact.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

// @ts-ignore: decorator
@inline function reduce(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, splat(LN2_HIGH))), f32x4.mul(n, splat(LN2_LOW)));
}

/** e^r - 1 for |r| <= ln 2 / 2, small relative error down to 0. */
// @ts-ignore: decorator
@inline function expm1Reduced(r: v128): v128 {
  let p = splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), splat(5.0000001201e-1));
  return f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r);
}

/** 2^n for whole n in [-126, 127]. */
// @ts-ignore: decorator
@inline function powerOfTwo(n: v128): v128 { return i32x4.shl(i32x4.add(n, bits(127)), 23); }

export function exp4(x: v128): v128 {
  // pmin and pmax keep a NaN in their first operand. Past these bounds the result is inf or 0 anyway.
  const bounded = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104));
  const n = f32x4.nearest(f32x4.mul(bounded, splat(LOG2E)));
  const y = f32x4.add(expm1Reduced(reduce(bounded, n)), splat(1));
  // Two factors, so that results below the smallest normal number are rounded once and not flushed.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

export function expm14(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, splat(88.8)), splat(-20));
  const n = f32x4.nearest(f32x4.mul(bounded, splat(LOG2E)));
  const m = expm1Reduced(reduce(bounded, n));
  // 2^n m + (2^n - 1), from half of it because 2^128 is no float32.
  const scale = powerOfTwo(i32x4.sub(i32x4.trunc_sat_f32x4_s(n), bits(1)));
  const y = f32x4.add(f32x4.mul(scale, m), f32x4.sub(scale, splat(0.5)));
  const result = f32x4.add(y, y);
  // Where n is 0 the polynomial alone keeps the smallest arguments.
  return v128.bitselect(m, result, f32x4.eq(n, splat(0)));
}
