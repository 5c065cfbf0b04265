// sin, cos and tan of four float32, at most 1 ulp, worked in float64 pairs: the reduction by pi / 2 and the polynomials of
// FreeBSD's k_sinf.c and k_cosf.c. Past 1e8 each element takes the scalar functions of AssemblyScript's Math.
import { fromHalves, highHalf, lowHalf, splat } from '../simd';

const LIMIT: f32 = 1e8;
const TWO_OVER_PI: f64 = 6.36619772367581382433e-01;
// The first 25 bits of pi / 2 and the rest: the product with a quotient of 28 bits is exact.
const PIO2_HIGH: f64 = 1.57079631090164184570e+00;
const PIO2_LOW: f64 = 1.58932547735281966916e-08;

// @ts-ignore: decorator
@inline function c64(x: f64): v128 { return f64x2.splat(x); }

// @ts-ignore: decorator
@inline function sinReduced(r: v128, z: v128): v128 {
  const high = f64x2.add(c64(-0.00019839334836096632), f64x2.mul(z, c64(2.718311493989822e-6)));
  const low = f64x2.add(c64(-0.16666666641626524), f64x2.mul(z, c64(0.008333329385889463)));
  return f64x2.add(r, f64x2.mul(f64x2.mul(r, z), f64x2.add(low, f64x2.mul(f64x2.mul(z, z), high))));
}

// @ts-ignore: decorator
@inline function cosReduced(z: v128): v128 {
  const high = f64x2.add(c64(-0.001388676377460993), f64x2.mul(z, c64(0.00002439044879627741)));
  const low = f64x2.add(c64(-0.499999997251031), f64x2.mul(z, c64(0.04166662332373906)));
  return f64x2.add(c64(1), f64x2.mul(z, f64x2.add(low, f64x2.mul(f64x2.mul(z, z), high))));
}

/** sin(x + quarter pi / 2) of two float64, or tan. */
function pair(x: v128, quarter: i32, tangent: bool): v128 {
  const q = f64x2.nearest(f64x2.mul(x, c64(TWO_OVER_PI)));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(q, c64(PIO2_HIGH))), f64x2.mul(q, c64(PIO2_LOW)));
  const z = f64x2.mul(r, r);
  const turn = i64x2.extend_low_i32x4_s(i32x4.add(i32x4.trunc_sat_f64x2_s_zero(q), i32x4.splat(quarter)));
  const odd = i64x2.eq(v128.and(turn, i64x2.splat(1)), i64x2.splat(1));
  const s = sinReduced(r, z);
  const c = cosReduced(z);
  if (tangent) return v128.bitselect(f64x2.div(f64x2.neg(c), s), f64x2.div(s, c), odd);
  const sign = i64x2.shl(v128.and(turn, i64x2.splat(2)), 62);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}

// @ts-ignore: decorator
@inline function large(x: v128): bool { return v128.any_true(f32x4.gt(f32x4.abs(x), splat(LIMIT))); }

function wide(x: v128, y: v128, which: i32): v128 {
  let out = y;
  for (let lane = 0; lane < 4; lane++) {
    const v = f32x4.extract_lane(x, 0);
    let r = f32x4.extract_lane(out, 0);
    if (abs(v) > LIMIT) r = <f32>(which === 0 ? Math.sin(v) : which === 1 ? Math.cos(v) : Math.tan(v));
    out = f32x4.replace_lane(out, 0, r);
    // Rotating brings each lane to the front once and ends where it began.
    x = i32x4.shuffle(x, x, 1, 2, 3, 0);
    out = i32x4.shuffle(out, out, 1, 2, 3, 0);
  }
  return out;
}

export function sin4(x: v128): v128 {
  const y = fromHalves(pair(lowHalf(x), 0, false), pair(highHalf(x), 0, false));
  return large(x) ? wide(x, y, 0) : y;
}

export function cos4(x: v128): v128 {
  const y = fromHalves(pair(lowHalf(x), 1, false), pair(highHalf(x), 1, false));
  return large(x) ? wide(x, y, 1) : y;
}

export function tan4(x: v128): v128 {
  const y = fromHalves(pair(lowHalf(x), 0, true), pair(highHalf(x), 0, true));
  return large(x) ? wide(x, y, 2) : y;
}
