// Batch normalization of [N, C, S] over N and S, and its gradient. A chunk owns its channels: one where S > 1, sixteen (a
// cache line) where S is 1 and channels are neighbours in memory.
import { address, arg, scalar } from './abi';
import { at, rowSquares, rowSum } from './layer-norm';
import { firstLanes, splat, storeFirst, sumLanes64 } from './simd';

// Parameters: [x, weight or 0, bias or 0, y, mean, variance, N, C, S].
const X = 0, WEIGHT = 1, BIAS = 2, Y = 3, MEAN = 4, VARIANCE = 5, N = 6, C = 7, S = 8;

export function batchNormTask(c: i32): void {
  const n = arg(N), channels = arg(C), s = arg(S);
  const count = <f64>n * <f64>s;
  let total: f64 = 0;
  for (let i = 0; i < n; i++) total += rowSum(at(address(X), (i * channels + c) * s), s);
  const mean = <f32>(total / count);
  const center = splat(mean);
  let squares: f64 = 0;
  for (let i = 0; i < n; i++) squares += rowSquares(at(address(X), (i * channels + c) * s), s, center);
  const variance = <f32>(squares / count);
  store<f32>(at(address(MEAN), c), mean);
  store<f32>(at(address(VARIANCE), c), variance);
  let scale: f32 = <f32>(1 / sqrt(<f64>variance + scalar(0)));
  let shift: f32 = 0;
  if (address(WEIGHT)) { scale *= load<f32>(at(address(WEIGHT), c)); shift = load<f32>(at(address(BIAS), c)); }
  for (let i = 0; i < n; i++) {
    const x = at(address(X), (i * channels + c) * s), y = at(address(Y), (i * channels + c) * s);
    for (let j = 0; j < s; j += 4) {
      const v = f32x4.add(f32x4.mul(f32x4.sub(v128.load(at(x, j)), center), splat(scale)), splat(shift));
      if (s - j >= 4) v128.store(at(y, j), v); else storeFirst(at(y, j), v, s - j);
    }
  }
}

// @ts-ignore: decorator
@inline function put(to: usize, v: v128, lanes: i32): void { if (lanes >= 4) v128.store(to, v); else storeFirst(to, v, lanes); }

/** 1 / sqrt(variance + eps) of four channels, through float64. */
// @ts-ignore: decorator
@inline function reciprocalDeviation(variance: v128): v128 {
  const eps = f64x2.splat(scalar(0)), one = f64x2.splat(1);
  const low = f64x2.div(one, f64x2.sqrt(f64x2.add(f64x2.promote_low_f32x4(variance), eps)));
  const upper = f64x2.promote_low_f32x4(i32x4.shuffle(variance, variance, 2, 3, 2, 3));
  const high = f64x2.div(one, f64x2.sqrt(f64x2.add(upper, eps)));
  return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** S = 1. Sums run over blocks of 64 rows, then over the blocks. */
export function batchNormColumnsTask(chunk: i32): void {
  const end = min(arg(C), (chunk + 1) << 4);
  for (let c = chunk << 4; c < end; c += 4) normalizeColumns(c);
}

function normalizeColumns(c: i32): void {
  const n = arg(N), channels = arg(C);
  const lanes = channels - c;
  const step = <usize>channels << 2;
  const first = at(address(X), c);
  const count = splat(<f32>n);
  let total = splat(0);
  let x = first;
  for (let i = 0; i < n;) {
    let s = splat(0);
    for (const end = min(n, i + 64); i < end; i++) { s = f32x4.add(s, v128.load(x)); x += step; }
    total = f32x4.add(total, s);
  }
  const mean = f32x4.div(total, count);
  total = splat(0);
  x = first;
  for (let i = 0; i < n;) {
    let s = splat(0);
    for (const end = min(n, i + 64); i < end; i++) {
      const d = f32x4.sub(v128.load(x), mean);
      s = f32x4.add(s, f32x4.mul(d, d));
      x += step;
    }
    total = f32x4.add(total, s);
  }
  const variance = f32x4.div(total, count);
  put(at(address(MEAN), c), mean, lanes);
  put(at(address(VARIANCE), c), variance, lanes);
  let scale = reciprocalDeviation(variance), shift = splat(0);
  if (address(WEIGHT)) { scale = f32x4.mul(scale, v128.load(at(address(WEIGHT), c))); shift = v128.load(at(address(BIAS), c)); }
  x = first;
  let y = at(address(Y), c);
  for (let i = 0; i < n; i++) {
    put(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), mean), scale), shift), lanes);
    x += step;
    y += step;
  }
}

// Parameters of the gradient: [dy, weight or 0, x, dx, mean, variance, N, C, S, dweight, dbias].
const DY = 0, GX = 2, DX = 3, DWEIGHT = 9, DBIAS = 10;

/** dx = weight rstd (dy - mean(dy) - h mean(dy h)), with h the normalized x. */
export function batchNormGradTask(c: i32): void {
  const n = arg(N), channels = arg(C), s = arg(S);
  const rstd = <f32>(1 / sqrt(<f64>load<f32>(at(address(VARIANCE), c)) + scalar(0)));
  const mean = v128.load32_splat(at(address(MEAN), c));
  let sums: f64 = 0, products: f64 = 0;
  for (let i = 0; i < n; i++) {
    const from = (i * channels + c) * s;
    for (let j = 0; j < s;) {
      let a = splat(0), b = a;
      for (const end = min(s, j + 256); j < end; j += 4) {
        const d = v128.and(firstLanes(s - j), v128.load(at(address(DY), from + j)));
        a = f32x4.add(a, d);
        b = f32x4.add(b, v128.and(firstLanes(s - j), f32x4.mul(d, f32x4.sub(v128.load(at(address(GX), from + j)), mean))));
      }
      sums += sumLanes64(a);
      products += sumLanes64(b);
    }
  }
  products *= rstd;
  let scale: f32 = rstd;
  if (address(WEIGHT)) {
    scale *= load<f32>(at(address(WEIGHT), c));
    store<f32>(at(address(DWEIGHT), c), <f32>products);
    store<f32>(at(address(DBIAS), c), <f32>sums);
  }
  const count = <f64>n * <f64>s;
  const shift = splat(<f32>(sums / count)), slope = splat(<f32>(products / count * rstd)), w = splat(scale);
  for (let i = 0; i < n; i++) {
    const from = (i * channels + c) * s;
    for (let j = 0; j < s; j += 4) {
      const centered = f32x4.sub(v128.load(at(address(GX), from + j)), mean);
      const d = f32x4.sub(f32x4.sub(v128.load(at(address(DY), from + j)), shift), f32x4.mul(centered, slope));
      put(at(address(DX), from + j), f32x4.mul(w, d), s - j);
    }
  }
}

export function batchNormGradColumnsTask(chunk: i32): void {
  const end = min(arg(C), (chunk + 1) << 4);
  for (let c = chunk << 4; c < end; c += 4) gradColumns(c);
}

function gradColumns(c: i32): void {
  const n = arg(N), channels = arg(C);
  const lanes = channels - c;
  const step = <usize>channels << 2;
  const mean = v128.load(at(address(MEAN), c));
  const rstd = reciprocalDeviation(v128.load(at(address(VARIANCE), c)));
  let sums = splat(0), products = splat(0);
  let dy = at(address(DY), c), x = at(address(GX), c), dx = at(address(DX), c);
  for (let i = 0; i < n;) {
    let a = splat(0), b = a;
    for (const end = min(n, i + 64); i < end; i++) {
      const d = v128.load(dy);
      a = f32x4.add(a, d);
      b = f32x4.add(b, f32x4.mul(d, f32x4.sub(v128.load(x), mean)));
      dy += step;
      x += step;
    }
    sums = f32x4.add(sums, a);
    products = f32x4.add(products, b);
  }
  products = f32x4.mul(products, rstd);
  let scale = rstd;
  if (address(WEIGHT)) {
    scale = f32x4.mul(scale, v128.load(at(address(WEIGHT), c)));
    put(at(address(DWEIGHT), c), products, lanes);
    put(at(address(DBIAS), c), sums, lanes);
  }
  const count = splat(<f32>n);
  const shift = f32x4.div(sums, count), slope = f32x4.mul(f32x4.div(products, count), rstd);
  dy = at(address(DY), c);
  x = at(address(GX), c);
  for (let i = 0; i < n; i++) {
    const d = f32x4.sub(f32x4.sub(v128.load(dy), shift), f32x4.mul(f32x4.sub(v128.load(x), mean), slope));
    put(dx, f32x4.mul(scale, d), lanes);
    dy += step;
    x += step;
    dx += step;
  }
}
