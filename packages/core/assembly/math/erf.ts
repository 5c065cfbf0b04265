// erf of four float32, at most 2 ulp: N. Juffa's two polynomials, x + x P(x^2) below 0.9277 and 1 - exp(-Q(|x|)) above.
import { bits, pick, splat } from '../simd';
import { exp4 } from './exp';

// @ts-ignore: decorator
@inline function step(r: v128, x: v128, c: f32): v128 { return f32x4.add(f32x4.mul(r, x), splat(c)); }

export function erf4(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), splat(4.5));
  const s = f32x4.mul(x, x);
  let r = step(splat(-1.72853470e-5), t, 3.83197126e-4);
  const u = step(splat(-3.88396438e-3), t, 2.42546219e-2);
  r = f32x4.add(f32x4.mul(r, f32x4.mul(t, t)), u);
  r = step(r, t, -1.06777877e-1);
  r = step(r, t, -6.34846687e-1);
  r = step(r, t, -1.28717512e-1);
  r = f32x4.sub(f32x4.mul(r, t), t);
  const large = v128.bitselect(x, f32x4.sub(splat(1), exp4(r)), bits(0x80000000));
  let p = step(splat(-5.96761703e-4), s, 4.99119423e-3);
  p = step(p, s, -2.67681349e-2);
  p = step(p, s, 1.12819925e-1);
  p = step(p, s, -3.76125336e-1);
  p = step(p, s, 1.28379166e-1);
  const small = f32x4.add(f32x4.mul(p, x), x);
  return pick(f32x4.gt(t, splat(0.927734375)), large, small);
}
