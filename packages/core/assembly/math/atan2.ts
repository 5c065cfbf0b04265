// atan2 of four float32, at most 1 ulp, worked in float64 pairs with the rational function of Cephes' atan.
import { fromHalves, highHalf, lowHalf } from '../simd';

// @ts-ignore: decorator
@inline function c64(x: f64): v128 { return f64x2.splat(x); }
// @ts-ignore: decorator
@inline function step(p: v128, x: v128, c: f64): v128 { return f64x2.add(f64x2.mul(p, x), c64(c)); }

function pair(y: v128, x: v128): v128 {
  const ax = f64x2.abs(x);
  const ay = f64x2.abs(y);
  const steep = f64x2.gt(ay, ax);
  const low = f64x2.min(ax, ay);
  const high = f64x2.max(ax, ay);
  // 0 / 0 stands for an angle of 0 and inf / inf for one of pi / 4.
  let a = v128.bitselect(c64(0), f64x2.div(low, high), f64x2.eq(high, c64(0)));
  a = v128.bitselect(c64(1), a, f64x2.eq(low, c64(Infinity)));
  const upper = f64x2.gt(a, c64(0.41421356237309503));
  const t = v128.bitselect(f64x2.div(f64x2.sub(a, c64(1)), f64x2.add(a, c64(1))), a, upper);
  const z = f64x2.mul(t, t);
  let p = step(c64(-8.750608600031904122785e-1), z, -1.615753718733365076637e1);
  p = step(p, z, -7.500855792314704667340e1); p = step(p, z, -1.228866684490136173410e2); p = step(p, z, -6.485021904942025371773e1);
  let q = step(c64(1), z, 2.485846490142306297962e1);
  q = step(q, z, 1.650270098316988542046e2); q = step(q, z, 4.328810604912902668951e2);
  q = step(q, z, 4.853903996359136964868e2); q = step(q, z, 1.945506571482613964425e2);
  let r = f64x2.add(t, f64x2.mul(t, f64x2.mul(z, f64x2.div(p, q))));
  r = f64x2.add(r, v128.and(c64(0.7853981633974483), upper));
  r = v128.bitselect(f64x2.sub(c64(1.5707963267948966), r), r, steep);
  const sign = i64x2.splat(0x8000000000000000);
  // The sign bit of x, not x < 0: atan2(0, -0) is pi.
  r = v128.bitselect(f64x2.sub(c64(3.141592653589793), r), r, i64x2.shr_s(x, 63));
  return v128.bitselect(y, r, sign);
}

export function atan24(y: v128, x: v128): v128 {
  return fromHalves(pair(lowHalf(y), lowHalf(x)), pair(highHalf(y), highHalf(x)));
}
