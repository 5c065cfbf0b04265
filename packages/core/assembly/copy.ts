// Filling and strided copies of four-byte elements of any type.
import { address, arg } from './abi';

/** [y, bits, total, elements a chunk] */
export function fillTask(chunk: i32): void {
  const from = chunk * arg(3);
  fillWords(address(0) + (<usize>from << 2), arg(1), min(arg(3), arg(2) - from));
}

export function fillWords(to: usize, word: i32, count: i32): void {
  const v = i32x4.splat(word);
  for (; count >= 4; count -= 4) { v128.store(to, v); to += 16; }
  for (; count > 0; count--) { store<i32>(to, word); to += 4; }
}

// Parameters of strided: [x at its offset, y, rank of the outer axes, rows, rows a chunk, inner size, inner stride], and from
// 8 the outer sizes, from 24 their strides in elements. A transpose also has the axis along which x is contiguous.
const X = 0, Y = 1, RANK = 2, ROWS = 3, PER_CHUNK = 4, INNER = 5, STRIDE = 6, SIZES = 8, STRIDES = 24;

/** y row by row, each gathered from x with one stride. */
export function stridedTask(chunk: i32): void {
  const first = chunk * arg(PER_CHUNK);
  const last = min(arg(ROWS), first + arg(PER_CHUNK));
  const inner = arg(INNER);
  const stride = arg(STRIDE);
  for (let row = first; row < last; row++) {
    const from = address(X) + (<usize>offsetOf(row) << 2);
    const to = address(Y) + (<usize>(row * inner) << 2);
    if (stride === 1) memory.copy(to, from, <usize>inner << 2);
    else if (stride === 0) fillWords(to, load<i32>(from), inner);
    else gatherRow(from, <usize>stride << 2, to, inner);
  }
}

/** Where a row of y begins in x, in elements. */
function offsetOf(row: i32): i32 {
  let offset = 0;
  for (let d = arg(RANK) - 1; d >= 0; d--) {
    const size = arg(SIZES + d);
    offset += (row % size) * arg(STRIDES + d);
    row /= size;
  }
  return offset;
}

function gatherRow(from: usize, step: usize, to: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, i32x4(load<i32>(from), load<i32>(from + step), load<i32>(from + 2 * step), load<i32>(from + 3 * step)));
    from += 4 * step;
    to += 16;
  }
  for (; count > 0; count--) { store<i32>(to, load<i32>(from)); from += step; to += 4; }
}

// Parameters of transpose beside those of strided: [rows of a matrix, its stride in y]. The outer axes count matrices.
const HEIGHT = 40, HEIGHT_STRIDE = 41, STRIP = 42, STRIPS = 43, MATRIX_STRIDES = 44;

/**
 * Matrices whose rows are contiguous in x along the axis HEIGHT: y[h, i] = x[h + i * STRIDE]. A chunk is a strip of rows of y
 * of one matrix.
 */
export function transposeTask(chunk: i32): void {
  const matrix = chunk / arg(STRIPS);
  const h0 = (chunk % arg(STRIPS)) * arg(STRIP);
  const h1 = min(arg(HEIGHT), h0 + arg(STRIP));
  const inner = arg(INNER);
  const read = <usize>arg(STRIDE) << 2;
  const write = <usize>arg(HEIGHT_STRIDE) << 2;
  const x = address(X) + (<usize>offsetOf(matrix) << 2);
  const y = address(Y) + (<usize>targetOf(matrix) << 2);
  for (let i = 0; i < inner; i += 4) {
    const columns = min(4, inner - i);
    const from = x + <usize>i * read;
    const to = y + (<usize>i << 2);
    let h = h0;
    if (columns === 4) for (; h + 4 <= h1; h += 4) block(from + (<usize>h << 2), read, to + <usize>h * write, write);
    for (; h < h1; h++) gatherRow(from + (<usize>h << 2), read, to + <usize>h * write, columns);
  }
}

function targetOf(matrix: i32): i32 {
  let offset = 0;
  for (let d = arg(RANK) - 1; d >= 0; d--) {
    const size = arg(SIZES + d);
    offset += (matrix % size) * arg(MATRIX_STRIDES + d);
    matrix /= size;
  }
  return offset;
}

// @ts-ignore: decorator
@inline function block(from: usize, read: usize, to: usize, write: usize): void {
  const x0 = v128.load(from), x1 = v128.load(from + read), x2 = v128.load(from + 2 * read), x3 = v128.load(from + 3 * read);
  const t0 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), t1 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
  const t2 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), t3 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
  v128.store(to, i32x4.shuffle(t0, t2, 0, 1, 4, 5));
  v128.store(to + write, i32x4.shuffle(t0, t2, 2, 3, 6, 7));
  v128.store(to + 2 * write, i32x4.shuffle(t1, t3, 0, 1, 4, 5));
  v128.store(to + 3 * write, i32x4.shuffle(t1, t3, 2, 3, 6, 7));
}
