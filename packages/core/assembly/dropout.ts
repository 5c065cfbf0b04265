// Dropout with masks drawn on the spot by Philox4x32-10, four blocks of the generator at a time: 32 elements.
import { address, arg, scratch } from './abi';
import { storeFirst } from './simd';

const M0: i32 = 0xD2511F53;
const M1: i32 = 0xCD9E8D57;
const W0: i32 = 0x9E3779B9;
const W1: i32 = 0xBB67AE85;

// Parameters: [x, y, count, elements a chunk (a multiple of 32), threshold, scale's bits, k0, k1, c1, c2, c3].
const X = 0, Y = 1, COUNT = 2, PER_CHUNK = 3, THRESHOLD = 4, SCALE = 5, K0 = 6, K1 = 7, C1 = 8;

export function dropoutTask(chunk: i32): void {
  const from = chunk * arg(PER_CHUNK);
  const to = min(arg(COUNT), from + arg(PER_CHUNK));
  const threshold = i16x8.splat(<i16>arg(THRESHOLD));
  const scale = i32x4.splat(arg(SCALE));
  let x = address(X) + (<usize>from << 2);
  let y = address(Y) + (<usize>from << 2);
  for (let i = from; i < to; i += 32) {
    blocks(i >> 3);
    const count = min(32, to - i);
    for (let e = 0; e < count; e += 8) {
      const kept = i16x8.ge_u(v128.load(scratch + (<usize>e << 1)), threshold);
      const left = f32x4.mul(v128.load(x), v128.and(i32x4.extend_low_i16x8_s(kept), scale));
      const right = f32x4.mul(v128.load(x, 16), v128.and(i32x4.extend_high_i16x8_s(kept), scale));
      const rest = count - e;
      if (rest >= 8) { v128.store(y, left); v128.store(y, right, 16); }
      else if (rest >= 4) { v128.store(y, left); storeFirst(y + 16, right, rest - 4); }
      else storeFirst(y, left, rest);
      x += 32;
      y += 32;
    }
  }
}

/** Words 1, 3, … of two vectors: the high halves of four products. */
// @ts-ignore: decorator
@inline function high(a: v128, b: v128): v128 { return i32x4.shuffle(a, b, 1, 3, 5, 7); }
// @ts-ignore: decorator
@inline function low(a: v128, b: v128): v128 { return i32x4.shuffle(a, b, 0, 2, 4, 6); }

/** Four blocks of the generator, of counters `first` to `first` + 3, as 32 half words in scratch. */
function blocks(first: i32): void {
  let c0 = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(arg(C1)), c2 = i32x4.splat(arg(C1 + 1)), c3 = i32x4.splat(arg(C1 + 2));
  let k0 = arg(K0), k1 = arg(K1);
  const m0 = i32x4.splat(M0), m1 = i32x4.splat(M1);
  for (let round = 0; round < 10; round++) {
    const a0 = i64x2.extmul_low_i32x4_u(c0, m0), a1 = i64x2.extmul_high_i32x4_u(c0, m0);
    const b0 = i64x2.extmul_low_i32x4_u(c2, m1), b1 = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(high(b0, b1), c1), i32x4.splat(k0));
    c2 = v128.xor(v128.xor(high(a0, a1), c3), i32x4.splat(k1));
    c1 = low(b0, b1);
    c3 = low(a0, a1);
    k0 += W0;
    k1 += W1;
  }
  const t0 = i32x4.shuffle(c0, c1, 0, 4, 1, 5), t1 = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
  const t2 = i32x4.shuffle(c2, c3, 0, 4, 1, 5), t3 = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
  v128.store(scratch, i32x4.shuffle(t0, t2, 0, 1, 4, 5));
  v128.store(scratch, i32x4.shuffle(t0, t2, 2, 3, 6, 7), 16);
  v128.store(scratch, i32x4.shuffle(t1, t3, 0, 1, 4, 5), 32);
  v128.store(scratch, i32x4.shuffle(t1, t3, 2, 3, 6, 7), 48);
}
