// Packing of panels: `width` (4 or 8) elements that belong to one step along K stand together; missing ones are 0.
import { firstLanes, splat } from './simd';

/** From a source whose K runs along its columns (stride ld): contiguous pieces of the panel's width. */
export function packColumns(from: usize, ld: i32, count: i32, width: i32, kc: i32, to: usize): void {
  const step = <usize>ld << 2;
  const low = firstLanes(count), high = firstLanes(count - 4);
  for (let k = 0; k < kc; k++) {
    v128.store(to, v128.and(v128.load(from), low));
    if (width === 8) v128.store(to, v128.and(v128.load(from, 16), high), 16);
    from += step;
    to += <usize>width << 2;
  }
}

/** From a source whose K runs along its rows: four rows at a time, transposed. */
export function packRows(from: usize, ld: i32, count: i32, width: i32, kc: i32, to: usize): void {
  const step = <usize>width << 2;
  fourRows(from, ld, min(count, 4), kc, to, step);
  if (width === 8) fourRows(from + (<usize>ld << 4), ld, count - 4, kc, to + 16, step);
}

function fourRows(r0: usize, ld: i32, count: i32, kc: i32, to: usize, step: usize): void {
  if (count <= 0) {
    for (let k = 0; k < kc; k++) { v128.store(to, splat(0)); to += step; }
    return;
  }
  // Rows that are missing read the first one and are masked off.
  const r1 = count > 1 ? r0 + (<usize>ld << 2) : r0;
  const r2 = count > 2 ? r0 + (<usize>ld << 3) : r0;
  const r3 = count > 3 ? r0 + 3 * (<usize>ld << 2) : r0;
  const mask = firstLanes(count);
  let at: usize = 0;
  let k = kc;
  for (; k >= 4; k -= 4) {
    const x0 = v128.load(r0 + at), x1 = v128.load(r1 + at), x2 = v128.load(r2 + at), x3 = v128.load(r3 + at);
    const t0 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), t1 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
    const t2 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), t3 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.and(mask, i32x4.shuffle(t0, t2, 0, 1, 4, 5)));
    v128.store(to + step, v128.and(mask, i32x4.shuffle(t0, t2, 2, 3, 6, 7)));
    v128.store(to + 2 * step, v128.and(mask, i32x4.shuffle(t1, t3, 0, 1, 4, 5)));
    v128.store(to + 3 * step, v128.and(mask, i32x4.shuffle(t1, t3, 2, 3, 6, 7)));
    at += 16;
    to += 4 * step;
  }
  for (; k > 0; k--) {
    const v = f32x4(load<f32>(r0 + at), load<f32>(r1 + at), load<f32>(r2 + at), load<f32>(r3 + at));
    v128.store(to, v128.and(mask, v));
    at += 4;
    to += step;
  }
}
