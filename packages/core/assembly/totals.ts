// Over all elements of many tensors: is everything finite, and the sum of squares.
import { address, arg } from './abi';
import { firstLanes, splat, sumLanes } from './simd';

/** [x, count, elements a chunk, y]: writes 0 to y where an element is infinite or NaN. */
export function allFiniteTask(chunk: i32): void {
  const from = chunk * arg(2);
  let n = min(arg(2), arg(1) - from);
  let x = address(0) + (<usize>from << 2);
  let ok = i32x4.splat(-1);
  const bound = splat(Infinity);
  for (; n >= 4; n -= 4) { ok = v128.and(ok, f32x4.lt(f32x4.abs(v128.load(x)), bound)); x += 16; }
  if (n > 0) ok = v128.and(ok, v128.or(f32x4.lt(f32x4.abs(v128.load(x)), bound), v128.not(firstLanes(n))));
  // Whoever finds one writes the same; nobody writes anything else meanwhile.
  if (!i32x4.all_true(ok)) store<f32>(address(3), 0);
}

/** [x, count, elements a chunk, partial sums]. */
export function sumSquaresTask(chunk: i32): void {
  const from = chunk * arg(2);
  let n = min(arg(2), arg(1) - from);
  let x = address(0) + (<usize>from << 2);
  let a = splat(0), b = a, c = a, d = a;
  for (; n >= 16; n -= 16) {
    const v = v128.load(x), w = v128.load(x, 16), y = v128.load(x, 32), z = v128.load(x, 48);
    a = f32x4.add(a, f32x4.mul(v, v));
    b = f32x4.add(b, f32x4.mul(w, w));
    c = f32x4.add(c, f32x4.mul(y, y));
    d = f32x4.add(d, f32x4.mul(z, z));
    x += 64;
  }
  for (; n > 0; n -= 4) {
    const v = v128.and(v128.load(x), firstLanes(n));
    a = f32x4.add(a, f32x4.mul(v, v));
    x += 16;
  }
  store<f32>(address(3) + (<usize>chunk << 2), sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d))));
}
