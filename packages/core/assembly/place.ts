// Writing dense elements to places given by strides, copying rows between dense arrays, and cumulative sums.
import { address, arg } from './abi';

// Parameters as in copy.ts, seen from the other side: [x dense, y at its offset, rank of the outer axes, rows, rows a chunk,
// inner size, inner stride, 1 to add], sizes from 8, strides of y from 24.
const X = 0, Y = 1, RANK = 2, ROWS = 3, PER_CHUNK = 4, INNER = 5, STRIDE = 6, ADDS = 7, SIZES = 8, STRIDES = 24;

/** y.flat[sum_k i_k strides_k] = or += x[i]. */
export function placeTask(chunk: i32): void {
  const first = chunk * arg(PER_CHUNK);
  const last = min(arg(ROWS), first + arg(PER_CHUNK));
  const inner = arg(INNER);
  const step = <usize>arg(STRIDE) << 2;
  for (let row = first; row < last; row++) {
    let offset = 0;
    let rest = row;
    for (let d = arg(RANK) - 1; d >= 0; d--) {
      const size = arg(SIZES + d);
      offset += (rest % size) * arg(STRIDES + d);
      rest /= size;
    }
    const from = address(X) + (<usize>(row * inner) << 2);
    const to = address(Y) + (<usize>offset << 2);
    if (arg(ADDS)) addRow(from, to, step, inner);
    else if (step === 4) memory.copy(to, from, <usize>inner << 2);
    else setRow(from, to, step, inner);
  }
}

function setRow(from: usize, to: usize, step: usize, count: i32): void {
  for (; count > 0; count--) { store<i32>(to, load<i32>(from)); from += 4; to += step; }
}

function addRow(from: usize, to: usize, step: usize, count: i32): void {
  if (step === 4) {
    for (; count >= 4; count -= 4) { v128.store(to, f32x4.add(v128.load(to), v128.load(from))); from += 16; to += 16; }
  }
  for (; count > 0; count--) { store<f32>(to, load<f32>(to) + load<f32>(from)); from += 4; to += step; }
}

/** Rows of a rectangle: [from, to, width, elements between rows of from, of to, rows, rows a chunk, widths a chunk]. */
export function copyRowsTask(chunk: i32): void {
  const width = arg(2), piece = arg(7);
  const pieces = (width + piece - 1) / piece;
  const start = (chunk % pieces) * piece;
  const bytes = <usize>min(piece, width - start) << 2;
  const first = (chunk / pieces) * arg(6);
  const last = min(arg(5), first + arg(6));
  for (let r = first; r < last; r++) {
    memory.copy(address(1) + (<usize>(r * arg(4) + start) << 2), address(0) + (<usize>(r * arg(3) + start) << 2), bytes);
  }
}

/** [x, y, outer, n, inner, reverse, 1 for int32, columns a strip]; sums of float32 run in float64. */
export function cumsumTask(chunk: i32): void {
  const n = arg(3), inner = arg(4), strip = arg(7);
  const strips = (inner + strip - 1) / strip;
  const o = chunk / strips;
  const i0 = (chunk - o * strips) * strip;
  const i1 = min(inner, i0 + strip);
  const step = arg(5) ? -(inner << 2) : inner << 2;
  const start = (o * n + (arg(5) ? n - 1 : 0)) * inner;
  for (let i = i0; i < i1; i++) {
    let from = address(0) + (<usize>(start + i) << 2);
    let to = address(1) + (<usize>(start + i) << 2);
    let sum: f64 = 0;
    let whole = 0;
    for (let j = 0; j < n; j++) {
      if (arg(6)) { whole += load<i32>(from); store<i32>(to, whole); }
      else { sum += load<f32>(from); store<f32>(to, <f32>sum); }
      from += <usize>step;
      to += <usize>step;
    }
  }
}
