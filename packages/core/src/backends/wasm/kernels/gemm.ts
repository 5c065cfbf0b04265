/** Matrix products: cut into slabs whose packed copies stay below a cap, then packed and multiplied in three launches. */
import { ceilDiv, type Machine } from '../machine';
import { copyStrided } from './copy';

export interface Gemm {
  readonly a: number;
  readonly b: number;
  readonly y: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** A pointer, or 0. */
  readonly bias: number;
  /** Results, and matrices on either side: as many, or one that serves all. */
  readonly batch: number;
  readonly countA: number;
  readonly countB: number;
}

/** Bytes of a packed operand. */
const PACKED_CAP = 16 * 1024 * 1024;
/** Tiles are halved until there are enough of them for many threads, or they are small. */
const TILE_ROWS = 64, TILE_COLUMNS = 128, LEAST_TILE = 32, ENOUGH_TILES = 24;
const ELEMENTS_A_PACK = 8192;
const NANOSECONDS_A_FLOP = 1 / 30;
const FEW_ROWS = 3;
const MULTIPLIES_A_CHUNK = 65536;

export function gemm(machine: Machine, g: Gemm): void {
  if (g.m * g.n * g.batch === 0) return;
  if (g.k === 0) {
    empty(machine, g);
    return;
  }
  // One b for all a: the batch is more rows.
  if (g.batch > 1 && g.countB === 1 && g.countA === g.batch && !g.transposeA) {
    gemm(machine, { ...g, m: g.m * g.batch, batch: 1, countA: 1 });
    return;
  }
  if (g.batch === 1 && g.m <= FEW_ROWS && (!g.transposeA || g.m === 1)) {
    skinny(machine, g);
    return;
  }
  const rows = Math.min(g.m, slab(g.k, 4));
  const columns = Math.min(g.n, slab(g.k, 8));
  const matrix = Math.max(rowsPadded(rows) * g.k, columnsPadded(columns) * g.k) * 4;
  const matrices = Math.min(g.batch, Math.max(1, Math.floor(PACKED_CAP / matrix)));
  machine.temporary((g.countA === 1 ? 1 : matrices) * rowsPadded(rows) * g.k * 4, (packedA) => {
    machine.temporary((g.countB === 1 ? 1 : matrices) * columnsPadded(columns) * g.k * 4, (packedB) => {
      for (let first = 0; first < g.batch; first += matrices) {
        const count = Math.min(matrices, g.batch - first);
        for (let j = 0; j < g.n; j += columns) {
          for (let i = 0; i < g.m; i += rows) {
            multiply(machine, g, first, count, i, Math.min(rows, g.m - i), j, Math.min(columns, g.n - j), packedA, packedB, i === 0);
          }
        }
      }
    });
  });
}

const rowsPadded = (m: number): number => ceilDiv(m, 4) * 4;
const columnsPadded = (n: number): number => ceilDiv(n, 8) * 8;
const slab = (k: number, width: number): number => Math.max(width, Math.floor(PACKED_CAP / (4 * k * width)) * width);

/** `count` results from `first` on, rows i.. and columns j.., packing b only where it is not packed already. */
function multiply(machine: Machine, g: Gemm, first: number, count: number, i: number, m: number, j: number, n: number, packedA: number, packedB: number, packB: boolean): void {
  const { k } = g;
  const lda = g.transposeA ? g.m : k;
  const ldb = g.transposeB ? k : g.n;
  const countA = g.countA === 1 ? 1 : count;
  const countB = g.countB === 1 ? 1 : count;
  const a = g.a + ((g.countA === 1 ? 0 : first) * g.m * k + (g.transposeA ? i : i * k)) * 4;
  const b = g.b + ((g.countB === 1 ? 0 : first) * g.n * k + (g.transposeB ? j * k : j)) * 4;
  const y = g.y + ((first * g.m + i) * g.n + j) * 4;
  const { words } = machine;
  let [tileRows, tileColumns] = [TILE_ROWS, TILE_COLUMNS];
  const tiles = (): number => count * ceilDiv(m, tileRows) * ceilDiv(n, tileColumns);
  while (tileRows > LEAST_TILE && tiles() < ENOUGH_TILES) {
    if (tileColumns > tileRows) tileColumns /= 2;
    else tileRows /= 2;
  }
  machine.set(
    a, b, y, g.bias && g.bias + j * 4, m, n, k, lda, ldb, g.n, Number(g.transposeA), Number(g.transposeB), packedA, packedB,
    0, tileRows, tileColumns, g.m * k, g.n * k, g.m * g.n, countA, countB,
  );
  words[14] = Math.max(1, Math.floor(ELEMENTS_A_PACK / (4 * k)));
  machine.launch('packA', ceilDiv(countA * ceilDiv(m, 4), words[14]!), countA * m * k * 0.3);
  if (packB) {
    words[14] = Math.max(1, Math.floor(ELEMENTS_A_PACK / (8 * k)));
    machine.launch('packB', ceilDiv(countB * ceilDiv(n, 8), words[14]!), countB * n * k * 0.3);
  }
  machine.launch('gemm', tiles(), 2 * count * m * n * k * NANOSECONDS_A_FLOP);
}

/** So few rows of a that b is not worth packing. */
function skinny(machine: Machine, g: Gemm): void {
  const { m, n, k } = g;
  const columns = Math.max(16, Math.ceil(MULTIPLIES_A_CHUNK / (m * k) / 16) * 16);
  machine.set(g.a, g.b, g.y, g.bias, m, n, k, k, g.transposeB ? k : n, n, columns);
  machine.launch(g.transposeB ? 'dotProducts' : 'sumRows', ceilDiv(n, columns), 2 * m * n * k * NANOSECONDS_A_FLOP * 2);
}

/** A sum over nothing: 0, or the bias. */
function empty(machine: Machine, g: Gemm): void {
  const total = g.batch * g.m * g.n;
  if (g.bias) {
    copyStrided(machine, g.bias, g.y, [g.batch * g.m, g.n], [0, 1]);
    return;
  }
  machine.set(g.y, 0, total, total);
  machine.launch('fill', 1, 0);
}
