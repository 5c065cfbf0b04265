// log and log1p of four float32, at most 1 and 2 ulp: the polynomial and reduction of FreeBSD's e_logf.c and s_log1pf.c.
import { bits, pick, splat } from '../simd';

const LN2_HIGH: f32 = 6.9313812256e-01;
const LN2_LOW: f32 = 9.0580006145e-06;

/** log(1 + f) + k ln 2 + c, for 1 + f in [sqrt 1/2, sqrt 2]. */
// @ts-ignore: decorator
@inline function combine(f: v128, k: v128, c: v128): v128 {
  const s = f32x4.div(f, f32x4.add(splat(2), f));
  const z = f32x4.mul(s, s);
  const w = f32x4.mul(z, z);
  const even = f32x4.mul(w, f32x4.add(splat(0.40000972152), f32x4.mul(w, splat(0.24279078841))));
  const odd = f32x4.mul(z, f32x4.add(splat(0.66666662693), f32x4.mul(w, splat(0.28498786688))));
  const half = f32x4.mul(splat(0.5), f32x4.mul(f, f));
  const low = f32x4.add(f32x4.mul(k, splat(LN2_LOW)), c);
  const inner = f32x4.add(f32x4.mul(s, f32x4.add(half, f32x4.add(even, odd))), low);
  return f32x4.add(f32x4.add(f32x4.sub(inner, half), f), f32x4.mul(k, splat(LN2_HIGH)));
}

// Adding this to the bits moves [sqrt 1/2, sqrt 2) to one exponent.
const SHIFT: i32 = 0x3f800000 - 0x3f3504f3;

/** -inf at `zero`, NaN below it, x itself where it is inf or NaN. */
// @ts-ignore: decorator
@inline function edges(x: v128, y: v128, zero: f32): v128 {
  const infinite = pick(f32x4.eq(x, splat(Infinity)), x, y);
  const atZero = pick(f32x4.eq(x, splat(zero)), splat(-Infinity), infinite);
  return pick(f32x4.ge(x, splat(zero)), atZero, splat(NaN));
}

export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = pick(tiny, f32x4.mul(x, splat(33554432)), x);
  const ix = i32x4.add(scaled, bits(SHIFT));
  const k = i32x4.sub(i32x4.sub(i32x4.shr_s(ix, 23), bits(127)), v128.and(tiny, bits(25)));
  const m = i32x4.add(v128.and(ix, bits(0x007fffff)), bits(0x3f3504f3));
  return edges(x, combine(f32x4.sub(m, splat(1)), f32x4.convert_i32x4_s(k), splat(0)), 0);
}

export function log1p4(x: v128): v128 {
  const u = f32x4.add(x, splat(1));
  const iu = i32x4.add(u, bits(SHIFT));
  const k = i32x4.sub(i32x4.shr_s(iu, 23), bits(127));
  const m = i32x4.add(v128.and(iu, bits(0x007fffff)), bits(0x3f3504f3));
  // What rounding 1 + x lost, relative to it.
  const lost = pick(i32x4.ge_s(k, bits(2)), f32x4.sub(splat(1), f32x4.sub(u, x)), f32x4.sub(x, f32x4.sub(u, splat(1))));
  const c = v128.and(f32x4.div(lost, u), i32x4.lt_s(k, bits(25)));
  // Where 1 + x needs no scaling, x itself is the reduced argument, unrounded.
  const unscaled = i32x4.eq(k, bits(0));
  const f = pick(unscaled, x, f32x4.sub(m, splat(1)));
  const y = combine(f, f32x4.convert_i32x4_s(k), v128.andnot(c, unscaled));
  const small = f32x4.lt(f32x4.abs(x), splat(5.9604645e-8));
  return edges(x, pick(small, x, y), -1);
}
