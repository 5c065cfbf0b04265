// Layer normalization over rows of [rows, n] and its gradient.
import { address, arg, scalar } from './abi';
import { firstLanes, splat, storeFirst, sumLanes64 } from './simd';

// @ts-ignore: decorator
@inline export function at(base: usize, element: i32): usize { return base + (<usize>element << 2); }

/** Sum over a row of n elements, in float64 across its runs of 256. */
export function rowSum(x: usize, n: i32): f64 {
  let total: f64 = 0;
  while (n > 0) {
    let run = min(n, 256);
    n -= run;
    let s = splat(0);
    for (; run >= 4; run -= 4) { s = f32x4.add(s, v128.load(x)); x += 16; }
    if (run > 0) s = f32x4.add(s, v128.and(firstLanes(run), v128.load(x)));
    total += sumLanes64(s);
  }
  return total;
}

/** Sum of (x - mean)^2 over a row. */
export function rowSquares(x: usize, n: i32, mean: v128): f64 {
  let total: f64 = 0;
  while (n > 0) {
    let run = min(n, 256);
    n -= run;
    let s = splat(0);
    for (; run >= 4; run -= 4) {
      const d = f32x4.sub(v128.load(x), mean);
      s = f32x4.add(s, f32x4.mul(d, d));
      x += 16;
    }
    if (run > 0) {
      const d = v128.and(firstLanes(run), f32x4.sub(v128.load(x), mean));
      s = f32x4.add(s, f32x4.mul(d, d));
    }
    total += sumLanes64(s);
  }
  return total;
}

/** [x, weight or 0, bias or 0, y, mean, rstd, rows, n, rows a chunk]; scalars [eps] */
export function layerNormTask(chunk: i32): void {
  const n = arg(7);
  const last = min(arg(6), (chunk + 1) * arg(8));
  const weight = address(1), bias = address(2);
  for (let r = chunk * arg(8); r < last; r++) {
    const x = at(address(0), r * n), y = at(address(3), r * n);
    const mean = <f32>(rowSum(x, n) / <f64>n);
    const center = splat(mean);
    const rstd = <f32>(1 / sqrt(rowSquares(x, n, center) / <f64>n + scalar(0)));
    const scale = splat(rstd);
    store<f32>(at(address(4), r), mean);
    store<f32>(at(address(5), r), rstd);
    for (let i = 0; i < n; i += 4) {
      let v = f32x4.mul(f32x4.sub(v128.load(at(x, i)), center), scale);
      if (weight) v = f32x4.add(f32x4.mul(v, v128.load(at(weight, i))), v128.load(at(bias, i)));
      if (n - i >= 4) v128.store(at(y, i), v); else storeFirst(at(y, i), v, n - i);
    }
  }
}

/**
 * [dy, x, mean, rstd, weight or 0, dx, rows, n, rows a chunk, partial dweight or 0, partial dbias]; a chunk adds up its rows'
 * share of dweight and dbias.
 */
export function layerNormGradTask(chunk: i32): void {
  const n = arg(7);
  const weight = address(4);
  const last = min(arg(6), (chunk + 1) * arg(8));
  const dweight = weight ? at(address(9), chunk * n) : 0, dbias = weight ? at(address(10), chunk * n) : 0;
  if (weight) {
    memory.fill(dweight, 0, <usize>n << 2);
    memory.fill(dbias, 0, <usize>n << 2);
  }
  for (let r = chunk * arg(8); r < last; r++) {
    const dy = at(address(0), r * n), x = at(address(1), r * n), dx = at(address(5), r * n);
    const mean = v128.load32_splat(at(address(2), r)), rstd = v128.load32_splat(at(address(3), r));
    let sums = splat(0), products = splat(0);
    for (let i = 0; i < n; i += 4) {
      const lanes = firstLanes(n - i);
      const d = v128.and(lanes, v128.load(at(dy, i)));
      const h = f32x4.mul(f32x4.sub(v128.load(at(x, i)), mean), rstd);
      const g = weight ? f32x4.mul(d, v128.and(lanes, v128.load(at(weight, i)))) : d;
      sums = f32x4.add(sums, g);
      products = f32x4.add(products, v128.and(lanes, f32x4.mul(g, h)));
      if (weight) {
        const dw = f32x4.add(v128.load(at(dweight, i)), f32x4.mul(d, h));
        const db = f32x4.add(v128.load(at(dbias, i)), d);
        if (n - i >= 4) { v128.store(at(dweight, i), dw); v128.store(at(dbias, i), db); }
        else { storeFirst(at(dweight, i), dw, n - i); storeFirst(at(dbias, i), db, n - i); }
      }
    }
    const a = splat(<f32>(sumLanes64(sums) / <f64>n)), b = splat(<f32>(sumLanes64(products) / <f64>n));
    for (let i = 0; i < n; i += 4) {
      const h = f32x4.mul(f32x4.sub(v128.load(at(x, i)), mean), rstd);
      let g = v128.load(at(dy, i));
      if (weight) g = f32x4.mul(g, v128.load(at(weight, i)));
      const v = f32x4.mul(rstd, f32x4.sub(f32x4.sub(g, a), f32x4.mul(h, b)));
      if (n - i >= 4) v128.store(at(dx, i), v); else storeFirst(at(dx, i), v, n - i);
    }
  }
}
