// Products with few rows of a, where packing b would cost more than it saves: b is read once, as it lies.
import { address, arg } from './abi';
import { firstLanes, splat, storeFirst, sumLanes } from './simd';

// Parameters: [a, b, y, bias or 0, m, n, k, elements between rows of a, of b, of y, columns a chunk].
const A = 0, B = 1, Y = 2, BIAS = 3, M = 4, N = 5, K = 6, LDA = 7, LDB = 8, LDY = 9, COLUMNS = 10;

// @ts-ignore: decorator
@inline function at(base: usize, element: i32): usize { return base + (<usize>element << 2); }

/** b [n, k]: y[i, j] = a[i] . b[j], four rows of b at a time. */
export function dotProductsTask(chunk: i32): void {
  const n = arg(N), ldb = <usize>arg(LDB) << 2;
  const end = min(n, (chunk + 1) * arg(COLUMNS));
  for (let j = chunk * arg(COLUMNS); j < end; j += 4) {
    const b0 = address(B) + <usize>j * ldb;
    // Rows past the end repeat the last one, and their results are not stored.
    const b1 = j + 1 < n ? b0 + ldb : b0, b2 = j + 2 < n ? b1 + ldb : b1, b3 = j + 3 < n ? b2 + ldb : b2;
    const bias = address(BIAS) ? v128.load(at(address(BIAS), j)) : splat(0);
    for (let i = 0; i < arg(M); i++) {
      const v = f32x4.add(fourDots(at(address(A), i * arg(LDA)), b0, b1, b2, b3, arg(K)), bias);
      const y = at(address(Y), i * arg(LDY) + j);
      if (end - j >= 4) v128.store(y, v); else storeFirst(y, v, end - j);
    }
  }
}

function fourDots(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, k: i32): v128 {
  let s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;
  let p: usize = 0;
  for (; k >= 4; k -= 4) {
    const v = v128.load(a + p);
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(b0 + p)));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(b1 + p)));
    s2 = f32x4.add(s2, f32x4.mul(v, v128.load(b2 + p)));
    s3 = f32x4.add(s3, f32x4.mul(v, v128.load(b3 + p)));
    p += 16;
  }
  if (k > 0) {
    const lanes = firstLanes(k);
    const v = v128.and(lanes, v128.load(a + p));
    s0 = f32x4.add(s0, f32x4.mul(v, v128.and(lanes, v128.load(b0 + p))));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.and(lanes, v128.load(b1 + p))));
    s2 = f32x4.add(s2, f32x4.mul(v, v128.and(lanes, v128.load(b2 + p))));
    s3 = f32x4.add(s3, f32x4.mul(v, v128.and(lanes, v128.load(b3 + p))));
  }
  return f32x4(sumLanes(s0), sumLanes(s1), sumLanes(s2), sumLanes(s3));
}

/** b [k, n]: y[i] = sum over k of a[i, k] b[k], sixteen columns at a time. */
export function sumRowsTask(chunk: i32): void {
  const ldb = <usize>arg(LDB) << 2;
  const end = min(arg(N), (chunk + 1) * arg(COLUMNS));
  for (let j = chunk * arg(COLUMNS); j < end; j += 16) {
    for (let i = 0; i < arg(M); i++) {
      let a = at(address(A), i * arg(LDA));
      let b = at(address(B), j);
      let s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;
      if (address(BIAS)) {
        const bias = at(address(BIAS), j);
        s0 = v128.load(bias); s1 = v128.load(bias, 16); s2 = v128.load(bias, 32); s3 = v128.load(bias, 48);
      }
      for (let k = arg(K); k > 0; k--) {
        const v = v128.load32_splat(a);
        s0 = f32x4.add(s0, f32x4.mul(v, v128.load(b)));
        s1 = f32x4.add(s1, f32x4.mul(v, v128.load(b, 16)));
        s2 = f32x4.add(s2, f32x4.mul(v, v128.load(b, 32)));
        s3 = f32x4.add(s3, f32x4.mul(v, v128.load(b, 48)));
        a += 4;
        b += ldb;
      }
      const y = at(address(Y), i * arg(LDY) + j);
      put(y, s0, end - j); put(y + 16, s1, end - j - 4); put(y + 32, s2, end - j - 8); put(y + 48, s3, end - j - 12);
    }
  }
}

// @ts-ignore: decorator
@inline function put(to: usize, v: v128, lanes: i32): void { if (lanes >= 4) v128.store(to, v); else storeFirst(to, v, lanes); }
