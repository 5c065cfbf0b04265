// tanh of four float32, at most 3 ulp.
import { bits, splat } from '../simd';
import { expm14 } from './exp';

/** sign(x) m / (m + 2) with m = e^(2 |x|) - 1; past 9.02 the result rounds to 1. */
export function tanh4(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), splat(9.02));
  const m = expm14(f32x4.add(a, a));
  const y = f32x4.div(m, f32x4.add(m, splat(2)));
  return v128.bitselect(x, y, bits(0x80000000));
}
