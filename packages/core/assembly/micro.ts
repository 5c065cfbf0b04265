// The 4x8 register tile. Larger tiles or unrolling measured 15 to 25 % slower.
import { madd, splat } from './simd';

/** c[4, 8] (+)= a panel x b panel over kc. Where c is not kept it starts at the 8 values at `start`, or 0. */
export function microTile(kc: i32, pa: usize, pb: usize, c: usize, ld: usize, keeps: bool, start: usize): void {
  const c1 = c + ld, c2 = c1 + ld, c3 = c2 + ld;
  let a00 = splat(0), a01 = splat(0), a10: v128, a11: v128, a20: v128, a21: v128, a30: v128, a31: v128;
  if (keeps) {
    a00 = v128.load(c); a01 = v128.load(c, 16);
    a10 = v128.load(c1); a11 = v128.load(c1, 16);
    a20 = v128.load(c2); a21 = v128.load(c2, 16);
    a30 = v128.load(c3); a31 = v128.load(c3, 16);
  } else {
    if (start) { a00 = v128.load(start); a01 = v128.load(start, 16); }
    a10 = a20 = a30 = a00;
    a11 = a21 = a31 = a01;
  }
  const end = pb + (<usize>kc << 5);
  while (pb < end) {
    const b0 = v128.load(pb), b1 = v128.load(pb, 16);
    let a = v128.load32_splat(pa);
    a00 = madd(a, b0, a00); a01 = madd(a, b1, a01);
    a = v128.load32_splat(pa, 4);
    a10 = madd(a, b0, a10); a11 = madd(a, b1, a11);
    a = v128.load32_splat(pa, 8);
    a20 = madd(a, b0, a20); a21 = madd(a, b1, a21);
    a = v128.load32_splat(pa, 12);
    a30 = madd(a, b0, a30); a31 = madd(a, b1, a31);
    pa += 16;
    pb += 32;
  }
  v128.store(c, a00); v128.store(c, a01, 16);
  v128.store(c1, a10); v128.store(c1, a11, 16);
  v128.store(c2, a20); v128.store(c2, a21, 16);
  v128.store(c3, a30); v128.store(c3, a31, 16);
}
