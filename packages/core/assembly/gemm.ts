// y = a b + bias by packed panels. The packing tasks lay a out as panels of 4 rows and b as panels of 8 columns, each in
// blocks of 256 along K; the tile task then multiplies panels. An element's sum always runs over K in the same order, so
// neither the cut into tiles nor the number of threads changes a bit.
import { address, arg, scratch } from './abi';
import { microTile } from './micro';
import { packColumns, packRows } from './pack';

export const KC: i32 = 256;

// Parameters of all three tasks.
const A = 0, B = 1, Y = 2, BIAS = 3, M = 4, N = 5, K = 6, LDA = 7, LDB = 8, LDY = 9;
const TRANSPOSE_A = 10, TRANSPOSE_B = 11, PACKED_A = 12, PACKED_B = 13;
// Panels a packing chunk; rows and columns of panels a tile chunk.
const PER_CHUNK = 14, TILE_ROWS = 15, TILE_COLUMNS = 16;
// Elements from one matrix of a batch to the next, and how many there are; a single one serves every result.
const STRIDE_A = 17, STRIDE_B = 18, STRIDE_Y = 19, COUNT_A = 20, COUNT_B = 21;

// @ts-ignore: decorator
@inline export function ceilDiv(a: i32, b: i32): i32 { return (a + b - 1) / b; }

/** Packs a few panels of `a`: panels count through all matrices of the batch. */
export function packATask(chunk: i32): void {
  const m = arg(M), k = arg(K), panels = ceilDiv(m, 4);
  packSome(chunk, panels, 4, m, k, address(A), arg(LDA), arg(STRIDE_A), arg(TRANSPOSE_A) === 0, address(PACKED_A), arg(COUNT_A));
}

/** Packs a few panels of `b`. */
export function packBTask(chunk: i32): void {
  const n = arg(N), k = arg(K), panels = ceilDiv(n, 8);
  packSome(chunk, panels, 8, n, k, address(B), arg(LDB), arg(STRIDE_B), arg(TRANSPOSE_B) !== 0, address(PACKED_B), arg(COUNT_B));
}

function packSome(chunk: i32, panels: i32, width: i32, extent: i32, k: i32, from: usize, ld: i32, stride: i32, alongK: bool, to: usize, batches: i32): void {
  const first = chunk * arg(PER_CHUNK);
  const last = min(first + arg(PER_CHUNK), panels * batches);
  for (let p = first; p < last; p++) {
    const batch = p / panels;
    const panel = p - batch * panels;
    const source = from + (<usize>(batch * stride) << 2);
    const target = to + (<usize>(batch * panels * width * k) << 2);
    packPanel(source, ld, panel * width, min(width, extent - panel * width), width, k, alongK, target, panels);
  }
}

/** One panel, all its blocks along K. In `target`, blocks follow each other and hold all panels. */
function packPanel(source: usize, ld: i32, start: i32, count: i32, width: i32, k: i32, alongK: bool, target: usize, panels: i32): void {
  const panel = start / width;
  for (let k0 = 0; k0 < k; k0 += KC) {
    const kc = min(KC, k - k0);
    const to = target + (<usize>(k0 * panels * width + panel * width * kc) << 2);
    if (alongK) packRows(source + (<usize>(start * ld + k0) << 2), ld, count, width, kc, to);
    else packColumns(source + (<usize>(k0 * ld + start) << 2), ld, count, width, kc, to);
  }
}

/** One tile of panels of one result. */
export function gemmTask(chunk: i32): void {
  const m = arg(M), n = arg(N), k = arg(K);
  const rowTiles = ceilDiv(m, arg(TILE_ROWS)), columnTiles = ceilDiv(n, arg(TILE_COLUMNS));
  const batch = chunk / (rowTiles * columnTiles);
  const tile = chunk - batch * rowTiles * columnTiles;
  const i0 = (tile / columnTiles) * arg(TILE_ROWS), j0 = (tile % columnTiles) * arg(TILE_COLUMNS);
  const matrixA = arg(COUNT_A) === 1 ? 0 : batch;
  const matrixB = arg(COUNT_B) === 1 ? 0 : batch;
  const a = address(PACKED_A) + (<usize>(matrixA * ceilDiv(m, 4) * 4 * k) << 2);
  const b = address(PACKED_B) + (<usize>(matrixB * ceilDiv(n, 8) * 8 * k) << 2);
  const y = address(Y) + (<usize>(batch * arg(STRIDE_Y)) << 2);
  multiplyPanels(a, b, y, arg(LDY), m, n, k, i0, min(m, i0 + arg(TILE_ROWS)), j0, min(n, j0 + arg(TILE_COLUMNS)), address(BIAS), false);
}

/** y[i0..i1, j0..j1] from packed panels; `add` keeps what y holds. Rows i0 and columns j0 start panels. */
export function multiplyPanels(a: usize, b: usize, y: usize, ldy: i32, m: i32, n: i32, k: i32, i0: i32, i1: i32, j0: i32, j1: i32, bias: usize, add: bool): void {
  const rowsPadded = ceilDiv(m, 4) * 4, columnsPadded = ceilDiv(n, 8) * 8;
  for (let k0 = 0; k0 < k; k0 += KC) {
    const kc = min(KC, k - k0);
    const pa = a + (<usize>(k0 * rowsPadded + i0 * kc) << 2);
    const pb = b + (<usize>(k0 * columnsPadded + j0 * kc) << 2);
    const keeps = add || k0 > 0;
    const start: usize = bias && !keeps ? bias + (<usize>j0 << 2) : 0;
    multiplyBlock(pa, pb, y + (<usize>(i0 * ldy + j0) << 2), ldy, kc, kc, i1 - i0, j1 - j0, start, keeps);
  }
}

/** y[rows, columns] (+)= panels of kc steps along K, `spacing` steps apart. */
export function multiplyBlock(a: usize, b: usize, y: usize, ldy: i32, kc: i32, spacing: i32, rows: i32, columns: i32, start: usize, keeps: bool): void {
  const ld = <usize>ldy << 2;
  for (let j = 0; j < columns; j += 8) {
    const pb = b + (<usize>(j * spacing) << 2);
    const bias: usize = start ? start + (<usize>j << 2) : 0;
    const width = min(8, columns - j);
    for (let i = 0; i < rows; i += 4) {
      const pa = a + (<usize>(i * spacing) << 2);
      const c = y + <usize>i * ld + (<usize>j << 2);
      if (rows - i >= 4 && width === 8) microTile(kc, pa, pb, c, ld, keeps, bias);
      else edgeTile(kc, pa, pb, c, ld, keeps, bias, min(4, rows - i), width, scratch + 512);
    }
  }
}

/** A tile that sticks out of y: worked in scratch, the part inside copied. */
function edgeTile(kc: i32, pa: usize, pb: usize, c: usize, ld: usize, keeps: bool, start: usize, rows: i32, columns: i32, edge: usize): void {
  if (keeps) {
    for (let r = 0; r < rows; r++) memory.copy(edge + (<usize>r << 5), c + <usize>r * ld, <usize>columns << 2);
  }
  microTile(kc, pa, pb, edge, 32, keeps, start);
  for (let r = 0; r < rows; r++) memory.copy(c + <usize>r * ld, edge + (<usize>r << 5), <usize>columns << 2);
}
