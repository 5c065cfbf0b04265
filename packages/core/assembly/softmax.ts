// Softmax and its logarithm over rows, and their gradients.
import { address, arg } from './abi';
import { exp4 } from './math/exp';
import { log4 } from './math/log';
import { firstLanes, maxLanes, pick, splat, storeFirst, sumLanes } from './simd';

// Parameters of all: [x or dy, y, n, rows, rows a chunk, dx].
const X = 0, Y = 1, N = 2, ROWS = 3, PER_CHUNK = 4, DX = 5;

function rowMax(x: usize, n: i32): v128 {
  let m = splat(-Infinity);
  for (; n >= 4; n -= 4) { m = f32x4.max(m, v128.load(x)); x += 16; }
  if (n > 0) m = f32x4.max(m, pick(firstLanes(n), v128.load(x), m));
  return splat(maxLanes(m));
}

/** The sum of e^(x - m) in every lane; the terms go to `y` unless it is 0. */
function rowExp(x: usize, m: v128, n: i32, y: usize): v128 {
  let s = splat(0);
  for (; n >= 4; n -= 4) {
    const e = exp4(f32x4.sub(v128.load(x), m));
    s = f32x4.add(s, e);
    if (y) { v128.store(y, e); y += 16; }
    x += 16;
  }
  if (n > 0) {
    const e = exp4(f32x4.sub(v128.load(x), m));
    s = f32x4.add(s, v128.and(e, firstLanes(n)));
    if (y) storeFirst(y, e, n);
  }
  return splat(sumLanes(s));
}

export function softmaxTask(chunk: i32): void {
  const n = arg(N);
  const last = min(arg(ROWS), (chunk + 1) * arg(PER_CHUNK));
  for (let r = chunk * arg(PER_CHUNK); r < last; r++) {
    const x = address(X) + (<usize>(r * n) << 2);
    let y = address(Y) + (<usize>(r * n) << 2);
    const scale = f32x4.div(splat(1), rowExp(x, rowMax(x, n), n, y));
    let i = n;
    for (; i >= 4; i -= 4) { v128.store(y, f32x4.mul(v128.load(y), scale)); y += 16; }
    if (i > 0) storeFirst(y, f32x4.mul(v128.load(y), scale), i);
  }
}

export function logSoftmaxTask(chunk: i32): void {
  const n = arg(N);
  const last = min(arg(ROWS), (chunk + 1) * arg(PER_CHUNK));
  for (let r = chunk * arg(PER_CHUNK); r < last; r++) {
    let x = address(X) + (<usize>(r * n) << 2);
    let y = address(Y) + (<usize>(r * n) << 2);
    const m = rowMax(x, n);
    const shift = log4(rowExp(x, m, n, 0));
    let i = n;
    for (; i >= 4; i -= 4) { v128.store(y, f32x4.sub(f32x4.sub(v128.load(x), m), shift)); x += 16; y += 16; }
    if (i > 0) storeFirst(y, f32x4.sub(f32x4.sub(v128.load(x), m), shift), i);
  }
}

/** dx = y (dy - sum(dy y)) */
export function softmaxGradTask(chunk: i32): void {
  const n = arg(N);
  const last = min(arg(ROWS), (chunk + 1) * arg(PER_CHUNK));
  for (let r = chunk * arg(PER_CHUNK); r < last; r++) {
    const at = <usize>(r * n) << 2;
    const dy = address(X) + at, y = address(Y) + at, dx = address(DX) + at;
    let s = splat(0);
    let i = 0;
    for (; i + 4 <= n; i += 4) s = f32x4.add(s, f32x4.mul(v128.load(dy + (<usize>i << 2)), v128.load(y + (<usize>i << 2))));
    if (i < n) s = f32x4.add(s, v128.and(firstLanes(n - i), f32x4.mul(v128.load(dy + (<usize>i << 2)), v128.load(y + (<usize>i << 2)))));
    const total = splat(sumLanes(s));
    for (i = 0; i < n; i += 4) {
      const p = <usize>i << 2;
      const v = f32x4.mul(v128.load(y + p), f32x4.sub(v128.load(dy + p), total));
      if (n - i >= 4) v128.store(dx + p, v); else storeFirst(dx + p, v, n - i);
    }
  }
}

/** dx = dy - e^y sum(dy) */
export function logSoftmaxGradTask(chunk: i32): void {
  const n = arg(N);
  const last = min(arg(ROWS), (chunk + 1) * arg(PER_CHUNK));
  for (let r = chunk * arg(PER_CHUNK); r < last; r++) {
    const at = <usize>(r * n) << 2;
    const dy = address(X) + at, y = address(Y) + at, dx = address(DX) + at;
    let s = splat(0);
    let i = 0;
    for (; i + 4 <= n; i += 4) s = f32x4.add(s, v128.load(dy + (<usize>i << 2)));
    if (i < n) s = f32x4.add(s, v128.and(firstLanes(n - i), v128.load(dy + (<usize>i << 2))));
    const total = splat(sumLanes(s));
    for (i = 0; i < n; i += 4) {
      const p = <usize>i << 2;
      const v = f32x4.sub(v128.load(dy + p), f32x4.mul(exp4(v128.load(y + p)), total));
      if (n - i >= 4) v128.store(dx + p, v); else storeFirst(dx + p, v, n - i);
    }
  }
}
