// Dropout with masks drawn on the spot by Philox4x32-10, eight blocks of the generator at a time:
// 64 elements. Two groups of four run interleaved, as the rounds of one wait for each other.
import { address, arg, scratch } from './abi';
import { storeFirst } from './simd';

const M0: i32 = 0xD2511F53;
const M1: i32 = 0xCD9E8D57;
const W0: i32 = 0x9E3779B9;
const W1: i32 = 0xBB67AE85;

// Parameters: [x, y, count, elements a chunk (a multiple of 64), threshold, scale's bits, k0, k1, c1, c2, c3].
const X = 0, Y = 1, COUNT = 2, PER_CHUNK = 3, THRESHOLD = 4, SCALE = 5, K0 = 6, K1 = 7, C1 = 8;

export function dropoutTask(chunk: i32): void {
  const from = chunk * arg(PER_CHUNK);
  const to = min(arg(COUNT), from + arg(PER_CHUNK));
  const threshold = i16x8.splat(<i16>arg(THRESHOLD));
  const scale = i32x4.splat(arg(SCALE));
  let x = address(X) + (<usize>from << 2);
  let y = address(Y) + (<usize>from << 2);
  for (let i = from; i < to; i += 64) {
    draw(i >> 3);
    let left = min(64, to - i);
    for (let at: usize = 0; left > 0; at += 16) {
      const kept = i16x8.ge_u(v128.load(scratch + at), threshold);
      const a = f32x4.mul(v128.load(x), v128.and(i32x4.extend_low_i16x8_s(kept), scale));
      const b = f32x4.mul(v128.load(x, 16), v128.and(i32x4.extend_high_i16x8_s(kept), scale));
      if (left >= 8) { v128.store(y, a); v128.store(y, b, 16); }
      else if (left >= 4) { v128.store(y, a); storeFirst(y + 16, b, left - 4); }
      else storeFirst(y, a, left);
      x += 32;
      y += 32;
      left -= 8;
    }
  }
}

/** Words 1, 3, … of two vectors: the high halves of four products. */
// @ts-ignore: decorator
@inline function high(a: v128, b: v128): v128 { return i32x4.shuffle(a, b, 1, 3, 5, 7); }
// @ts-ignore: decorator
@inline function low(a: v128, b: v128): v128 { return i32x4.shuffle(a, b, 0, 2, 4, 6); }

/** Parameters K0 to C1 + 2 hold key and counter. Eight blocks of the generator, of counters `first` to `first` + 7, as 64 half words in scratch. */
export function draw(first: i32): void {
  let a0 = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), b0 = i32x4.add(a0, i32x4.splat(4));
  let a1 = i32x4.splat(arg(C1)), a2 = i32x4.splat(arg(C1 + 1)), a3 = i32x4.splat(arg(C1 + 2));
  let b1 = a1, b2 = a2, b3 = a3;
  let k0 = i32x4.splat(arg(K0)), k1 = i32x4.splat(arg(K1));
  const m0 = i32x4.splat(M0), m1 = i32x4.splat(M1);
  for (let round = 0; round < 10; round++) {
    const p0 = i64x2.extmul_low_i32x4_u(a0, m0), p1 = i64x2.extmul_high_i32x4_u(a0, m0);
    const q0 = i64x2.extmul_low_i32x4_u(a2, m1), q1 = i64x2.extmul_high_i32x4_u(a2, m1);
    const r0 = i64x2.extmul_low_i32x4_u(b0, m0), r1 = i64x2.extmul_high_i32x4_u(b0, m0);
    const s0 = i64x2.extmul_low_i32x4_u(b2, m1), s1 = i64x2.extmul_high_i32x4_u(b2, m1);
    a0 = v128.xor(high(q0, q1), v128.xor(a1, k0));
    a2 = v128.xor(high(p0, p1), v128.xor(a3, k1));
    a1 = low(q0, q1);
    a3 = low(p0, p1);
    b0 = v128.xor(high(s0, s1), v128.xor(b1, k0));
    b2 = v128.xor(high(r0, r1), v128.xor(b3, k1));
    b1 = low(s0, s1);
    b3 = low(r0, r1);
    k0 = i32x4.add(k0, i32x4.splat(W0));
    k1 = i32x4.add(k1, i32x4.splat(W1));
  }
  transpose(scratch, a0, a1, a2, a3);
  transpose(scratch + 64, b0, b1, b2, b3);
}

/** Four blocks side by side become four blocks one after the other. */
// @ts-ignore: decorator
@inline function transpose(to: usize, c0: v128, c1: v128, c2: v128, c3: v128): void {
  const t0 = i32x4.shuffle(c0, c1, 0, 4, 1, 5), t1 = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
  const t2 = i32x4.shuffle(c2, c3, 0, 4, 1, 5), t3 = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
  v128.store(to, i32x4.shuffle(t0, t2, 0, 1, 4, 5));
  v128.store(to, i32x4.shuffle(t0, t2, 2, 3, 6, 7), 16);
  v128.store(to, i32x4.shuffle(t1, t3, 0, 1, 4, 5), 32);
  v128.store(to, i32x4.shuffle(t1, t3, 2, 3, 6, 7), 48);
}
