// Gaussian noise by Box and Muller's transform, two pairs of words at a time in double precision. Every operation is one of
// src/random/normal-pair.ts, in its order, so the numbers are the same bits as the host's; nothing here may be fused.
import { address, arg, scratch } from './abi';
import { draw } from './dropout';
import { storeFirst } from './simd';

// Parameters: [x, y, count, elements a chunk (a multiple of 32), std's bits, unused, k0, k1, c1, c2, c3], the last five where `draw` looks.
const X = 0, Y = 1, COUNT = 2, PER_CHUNK = 3, STD = 4;
const LN2 = 0.6931471805599453, SQRT2 = 1.4142135623730951, TURN = 1.4629180792671596e-9;

export function normalTask(chunk: i32): void {
  const from = chunk * arg(PER_CHUNK);
  const to = min(arg(COUNT), from + arg(PER_CHUNK));
  const std = i32x4.splat(arg(STD));
  let x = address(X) + (<usize>from << 2);
  let y = address(Y) + (<usize>from << 2);
  for (let i = from; i < to; i += 32) {
    draw(i >> 2);
    let left = min(32, to - i);
    for (let at: usize = 0; left > 0; at += 16) {
      const sum = f32x4.add(v128.load(x), f32x4.mul(pairs(v128.load(scratch + at)), std));
      if (left >= 4) v128.store(y, sum); else storeFirst(y, sum, left);
      x += 16;
      y += 16;
      left -= 4;
    }
  }
}

// @ts-ignore: decorator
@inline function all(value: f64): v128 { return f64x2.splat(value); }
/** a + z b. */
// @ts-ignore: decorator
@inline function next(a: f64, z: v128, b: v128): v128 { return f64x2.add(all(a), f64x2.mul(z, b)); }

/** ln((word + 1) / 2^32) of two words. */
function logOf(words: v128): v128 {
  const m = f64x2.add(f64x2.convert_low_i32x4_u(words), all(1));
  const exponents = i64x2.shr_u(m, 52);
  let e = f64x2.sub(f64x2.convert_low_i32x4_u(i32x4.shuffle(exponents, exponents, 0, 2, 0, 2)), all(1023));
  let x = v128.or(v128.and(m, i64x2.splat(0x000FFFFFFFFFFFFF)), i64x2.splat(0x3FF0000000000000));
  const large = f64x2.gt(x, all(SQRT2));
  x = v128.bitselect(f64x2.mul(x, all(0.5)), x, large);
  e = f64x2.add(e, v128.and(large, all(1)));
  const f = f64x2.sub(x, all(1));
  const s = f64x2.div(f, f64x2.add(all(2), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  const even = f64x2.mul(w, next(0.3999999999940941908, w, next(0.2222219843214978396, w, all(0.1531383769920937332))));
  const odd = f64x2.mul(z, next(0.6666666666666735130, w, next(0.2857142874366239149, w, next(0.1818357216161805012, w, all(0.1479819860511658591)))));
  const half = f64x2.mul(f64x2.mul(all(0.5), f), f);
  const rest = f64x2.sub(f64x2.sub(half, f64x2.mul(s, f64x2.add(half, f64x2.add(even, odd)))), f);
  return f64x2.sub(f64x2.mul(f64x2.sub(e, all(32)), all(LN2)), rest);
}

/** Four draws, in float32, of four words. */
function pairs(words: v128): v128 {
  const radius = f64x2.sqrt(f64x2.mul(all(-2), logOf(i32x4.shuffle(words, words, 0, 2, 0, 2))));
  const second = f64x2.convert_low_i32x4_u(i32x4.shuffle(words, words, 1, 3, 1, 3));
  const quarter = f64x2.floor(f64x2.mul(f64x2.add(second, all(536870912)), all(1 / 1073741824.0)));
  const t = f64x2.mul(f64x2.sub(second, f64x2.mul(quarter, all(1073741824))), all(TURN));
  const z = f64x2.mul(t, t);
  const sin = f64x2.add(t, f64x2.mul(f64x2.mul(t, z), next(-1.66666666666666324348e-01, z, next(8.33333333332248946124e-03, z, next(-1.98412698298579493134e-04, z,
    next(2.75573137070700676789e-06, z, next(-2.50507602534068634195e-08, z, all(1.58969099521155010221e-10))))))));
  const cos = f64x2.add(f64x2.sub(all(1), f64x2.mul(all(0.5), z)), f64x2.mul(f64x2.mul(z, z), next(4.16666666666666019037e-02, z, next(-1.38888888888741095749e-03, z,
    next(2.48015872894767294178e-05, z, next(-2.75573143513906633035e-07, z, next(2.08757232129817482790e-09, z, all(-1.13596475577881948265e-11))))))));
  const turns = i64x2.extend_low_i32x4_u(i32x4.trunc_sat_f64x2_u_zero(quarter));
  const odd = i64x2.neg(v128.and(turns, i64x2.splat(1)));
  const turned = v128.xor(radius, i64x2.shl(v128.and(turns, i64x2.splat(2)), 62));
  const a = f32x4.demote_f64x2_zero(f64x2.mul(turned, v128.bitselect(f64x2.neg(sin), cos, odd)));
  const b = f32x4.demote_f64x2_zero(f64x2.mul(turned, v128.bitselect(cos, sin, odd)));
  return i32x4.shuffle(a, b, 0, 4, 1, 5);
}
