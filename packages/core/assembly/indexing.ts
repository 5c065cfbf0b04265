// Selection and accumulation by index. The host has checked every index before any of these runs.
import { address, arg } from './abi';

/** The first position whose index is not in [0, limit), or -1. */
export function badIndex(index: usize, count: i32, limit: i32): i32 {
  const bound = i32x4.splat(limit);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    if (!i32x4.all_true(i32x4.lt_u(v128.load(index + (<usize>i << 2)), bound))) break;
  }
  for (; i < count; i++) if (load<u32>(index + (<usize>i << 2)) >= <u32>limit) return i;
  return -1;
}

// Parameters: [x, index, y, outer, n, k, inner, rows or columns a chunk].
const X = 0, INDEX = 1, Y = 2, OUTER = 3, N = 4, K = 5, INNER = 6, PER_CHUNK = 7;

// @ts-ignore: decorator
@inline function at(base: usize, element: i32): usize { return base + (<usize>element << 2); }

/** y [outer, k, inner] = x[:, index, :] */
export function indexSelectTask(chunk: i32): void {
  const n = arg(N), k = arg(K), inner = arg(INNER);
  const first = chunk * arg(PER_CHUNK);
  const last = min(arg(OUTER) * k, first + arg(PER_CHUNK));
  for (let r = first; r < last; r++) {
    const o = r / k;
    const from = at(address(X), (o * n + load<i32>(at(address(INDEX), r - o * k))) * inner);
    const to = at(address(Y), r * inner);
    if (inner === 1) store<i32>(to, load<i32>(from));
    else memory.copy(to, from, <usize>inner << 2);
  }
}

/** y[:, index[j], :] += x[:, j, :], j ascending; a chunk is a strip of columns of one outer index. */
export function indexAddTask(chunk: i32): void {
  const n = arg(N), k = arg(K), inner = arg(INNER), strip = arg(PER_CHUNK);
  const strips = (inner + strip - 1) / strip;
  const o = chunk / strips;
  const i0 = (chunk - o * strips) * strip;
  const columns = min(strip, inner - i0);
  for (let j = 0; j < k; j++) {
    let from = at(address(X), (o * k + j) * inner + i0);
    let to = at(address(Y), (o * n + load<i32>(at(address(INDEX), j))) * inner + i0);
    let c = columns;
    for (; c >= 4; c -= 4) { v128.store(to, f32x4.add(v128.load(to), v128.load(from))); from += 16; to += 16; }
    for (; c > 0; c--) { store<f32>(to, load<f32>(to) + load<f32>(from)); from += 4; to += 4; }
  }
}

/** y[o, j, i] = x[o, index[o, j, i], i]; a chunk is some rows of y. */
export function gatherTask(chunk: i32): void {
  const n = arg(N), k = arg(K), inner = arg(INNER);
  const first = chunk * arg(PER_CHUNK);
  const last = min(arg(OUTER) * k, first + arg(PER_CHUNK));
  for (let r = first; r < last; r++) {
    const base = (r / k) * n;
    for (let i = 0; i < inner; i++) {
      const row = load<i32>(at(address(INDEX), r * inner + i));
      store<i32>(at(address(Y), r * inner + i), load<i32>(at(address(X), (base + row) * inner + i)));
    }
  }
}

/** y[o, index[o, j, i], i] += x[o, j, i], or = with the last j winning; a chunk is a strip of columns. */
export function scatterTask(chunk: i32): void {
  const n = arg(N), k = arg(K), inner = arg(INNER), strip = arg(PER_CHUNK);
  const strips = (inner + strip - 1) / strip;
  const o = chunk / strips;
  const i0 = (chunk - o * strips) * strip;
  const i1 = min(inner, i0 + strip);
  for (let j = 0; j < k; j++) {
    for (let i = i0; i < i1; i++) {
      const e = (o * k + j) * inner + i;
      const to = at(address(Y), (o * n + load<i32>(at(address(INDEX), e))) * inner + i);
      if (arg(8)) store<f32>(to, load<f32>(to) + load<f32>(at(address(X), e)));
      else store<i32>(to, load<i32>(at(address(X), e)));
    }
  }
}

/** [x, y, outer, n, inner, strip, 1 for min, 1 for int32]: the first index of the extreme; NaN counts as the extreme. */
export function argReduceTask(chunk: i32): void {
  const n = arg(3), inner = arg(4), strip = arg(5);
  const strips = (inner + strip - 1) / strip;
  const o = chunk / strips;
  const i0 = (chunk - o * strips) * strip;
  const i1 = min(inner, i0 + strip);
  for (let i = i0; i < i1; i++) {
    const from = at(address(0), o * n * inner + i);
    const best = arg(7) ? extremeInt(from, n, inner, arg(6) !== 0) : extreme(from, n, inner, arg(6) !== 0);
    store<i32>(at(address(1), o * inner + i), best);
  }
}

function extreme(from: usize, n: i32, inner: i32, least: bool): i32 {
  const step = <usize>inner << 2;
  let best = 0;
  let value = load<f32>(from);
  for (let j = 1; j < n; j++) {
    from += step;
    const v = load<f32>(from);
    // Written so that a NaN in v is taken and one in value is kept.
    const beats = least ? !(v >= value) : !(v <= value);
    if (beats && value === value) { value = v; best = j; }
  }
  return best;
}

function extremeInt(from: usize, n: i32, inner: i32, least: bool): i32 {
  const step = <usize>inner << 2;
  let best = 0;
  let value = load<i32>(from);
  for (let j = 1; j < n; j++) {
    from += step;
    const v = load<i32>(from);
    if (least ? v < value : v > value) { value = v; best = j; }
  }
  return best;
}
