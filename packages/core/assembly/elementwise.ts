// Walks broadcast operands and hands rows to the generated kernels, which see only pointers that advance by 16 bytes or stay.
import { address, arg, scratch } from './abi';
import { runRow } from './generated/elementwise';
import { storeFirst } from './simd';

// Parameters: what to run, its extents, then eight words each of addresses and of inner steps, sizes and strides of outer axes.
const KERNEL = 0, INPUTS = 1, OUTPUTS = 2, RANK = 3, TOTAL = 4, INNER = 5, PER_CHUNK = 6;
const IN = 8, OUT = 16, STEP = 24, SIZES = 32, STRIDES = 48;
const MAX_RANK = 16;

// The row a kernel sees, in this thread's scratch.
export const ROW_IN: usize = 0;
export const ROW_STEP: usize = 32;
export const ROW_OUT: usize = 64;
const SPLATS: usize = 128;
const TAILS: usize = 256;
const INDEX: usize = 384;
const OFFSETS: usize = 448;

export function elementwiseTask(chunk: i32): void {
  const row = scratch;
  const inputs = arg(INPUTS);
  const inner = arg(INNER);
  const rank = arg(RANK);
  let from = chunk * arg(PER_CHUNK);
  const to = min(arg(TOTAL), from + arg(PER_CHUNK));
  let column = from % inner;
  seek(row, inputs, rank, from / inner);
  while (from < to) {
    const n = min(inner - column, to - from);
    for (let i = 0; i < inputs; i++) {
      const at = address(IN + i) + load<usize>(row + (<usize>i << 2), OFFSETS);
      const step = address(STEP + i);
      let pointer = at + (<usize>column << 2);
      if (step === 0) {
        pointer = row + SPLATS + (<usize>i << 4);
        v128.store(pointer, v128.load32_splat(at));
      }
      store<usize>(row + (<usize>i << 2), pointer, ROW_IN);
      store<usize>(row + (<usize>i << 2), step, ROW_STEP);
    }
    runWhole(row, inputs, from, n);
    from += n;
    column = 0;
    if (from < to) advance(row, inputs, rank);
  }
}

/** One row of n elements: whole vectors in place, the rest through this thread's scratch. */
function runWhole(row: usize, inputs: i32, from: i32, n: i32): void {
  const kernel = arg(KERNEL);
  const outputs = arg(OUTPUTS);
  const vectors = n >> 2;
  const rest = n & 3;
  for (let o = 0; o < outputs; o++) store<usize>(row + (<usize>o << 2), address(OUT + o) + (<usize>from << 2), ROW_OUT);
  if (vectors > 0) runRow(kernel, row, vectors);
  if (rest === 0) return;
  const done = <usize>vectors << 4;
  for (let i = 0; i < inputs; i++) {
    if (load<usize>(row + (<usize>i << 2), ROW_STEP) === 0) continue;
    store<usize>(row + (<usize>i << 2), load<usize>(row + (<usize>i << 2), ROW_IN) + done, ROW_IN);
  }
  for (let o = 0; o < outputs; o++) store<usize>(row + (<usize>o << 2), row + TAILS + (<usize>o << 4), ROW_OUT);
  runRow(kernel, row, 1);
  for (let o = 0; o < outputs; o++) {
    storeFirst(address(OUT + o) + (<usize>from << 2) + done, v128.load(row + TAILS + (<usize>o << 4)), rest);
  }
}

/** Sets the outer index to that of a row, and each input's offset with it. */
function seek(row: usize, inputs: i32, rank: i32, index: i32): void {
  for (let i = 0; i < inputs; i++) store<usize>(row + (<usize>i << 2), 0, OFFSETS);
  for (let d = rank - 1; d >= 0; d--) {
    const size = arg(SIZES + d);
    const at = index % size;
    index /= size;
    store<i32>(row + (<usize>d << 2), at, INDEX);
    for (let i = 0; i < inputs; i++) move(row, i, at * arg(STRIDES + i * MAX_RANK + d));
  }
}

function advance(row: usize, inputs: i32, rank: i32): void {
  for (let d = rank - 1; d >= 0; d--) {
    const at = load<i32>(row + (<usize>d << 2), INDEX) + 1;
    const wraps = at === arg(SIZES + d);
    store<i32>(row + (<usize>d << 2), wraps ? 0 : at, INDEX);
    for (let i = 0; i < inputs; i++) {
      const stride = arg(STRIDES + i * MAX_RANK + d);
      move(row, i, wraps ? -(at - 1) * stride : stride);
    }
    if (!wraps) return;
  }
}

// @ts-ignore: decorator
@inline function move(row: usize, input: i32, bytes: i32): void {
  store<usize>(row + (<usize>input << 2), load<usize>(row + (<usize>input << 2), OFFSETS) + <usize>bytes, OFFSETS);
}
