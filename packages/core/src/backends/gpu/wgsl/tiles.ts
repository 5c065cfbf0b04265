/**
 * The tiled product of matrices in WGSL: a workgroup makes a tile of the result from tiles of its factors, 16 deep, that it keeps
 * in workgroup memory; a thread makes 4 rows of 4 columns in registers. How elements are found is up to the caller, so that the same
 * text multiplies matrices and convolves.
 */

import type { ProductWay } from '../device';
import type { ProgramCall, WgslVariant } from '../program';
import { productInRegisters } from './registers';

/** Of the result: rows and columns of a tile that a workgroup makes, or of one with 4 columns that a thread makes alone. */
export interface Tile { readonly rows: number; readonly columns: number }

const DEPTH = 16;
/** Tiles of a product that keep a machine busy. */
const ENOUGH_TILES = 64;

/** Threads with registers for eight rows that keep a machine busy. */
const ENOUGH_THREADS = 512;

/**
 * Of a workgroup one of five tiles, so that few kernels are compiled: flat ones for few rows or columns, and small ones where large ones would be few or
 * half empty. Of a thread 4 or 8 rows.
 */
export function chooseTile(way: ProductWay, matrices: number, m: number, n: number): Tile {
  if (way === 'registers') {
    const tall = { rows: 8, columns: 4 };
    return m > 4 && tileCount(tall, matrices, m, n) >= ENOUGH_THREADS ? tall : { rows: 4, columns: 4 };
  }
  if (m <= 16) return { rows: 16, columns: n <= 16 ? 16 : 64 };
  if (n <= 16) return { rows: 64, columns: 16 };
  const large = { rows: 64, columns: 64 };
  return m > 32 && n > 32 && tileCount(large, matrices, m, n) >= ENOUGH_TILES ? large : { rows: 32, columns: 32 };
}

export const tileCount = ({ rows, columns }: Tile, matrices: number, m: number, n: number): number => matrices * Math.ceil(m / rows) * Math.ceil(n / columns);

export interface TiledProduct {
  readonly tile: Tile;
  /** Expressions of the size of each product: rows, columns, and the length of the sums. */
  readonly m: string;
  readonly n: string;
  readonly k: string;
  /** Which way neighbouring threads read a factor: along the sum, or along its rows (of the second: columns). */
  readonly alongA: 'k' | 'rows';
  readonly alongB: 'k' | 'rows';
  /**
   * Functions `begin(matrix)`, `loadA(k, row)` and `loadB(k, column)` that give four rows or columns at one k and 0 outside of the
   * factor, and `store(row, column, value)` of four columns; private variables that they share.
   */
  readonly functions: string;
  /** Statements once a thread, where `column` is the one of all its loads of B; only with `alongB: 'rows'`. */
  readonly atColumn?: string;
}

const four = [0, 1, 2, 3];

/** Whether a thread makes a tile alone. */
export const inRegisters = ({ columns }: Tile): boolean => columns === 4;

/** The part of a variant that follows from its tile. */
export const tiled = (product: TiledProduct, size: (call: ProgramCall) => readonly [matrices: number, m: number, n: number]): Pick<WgslVariant, 'count' | 'counted' | 'source'> => ({
  counted: inRegisters(product.tile) ? 'threads' : 'workgroups',
  count: (call) => tileCount(product.tile, ...size(call)),
  source: inRegisters(product.tile) ? productInRegisters(product) : tiledProduct(product),
});

function tiledProduct({ tile: { rows, columns }, m, n, k, alongA, alongB, functions, atColumn = '' }: TiledProduct): string {
  const [down, across] = [rows / 4, columns / 4];
  const threads = down * across;
  // A vector of padding a row keeps the banks of the memory apart when a column is written.
  const fill = (tile: string, width: number, along: 'k' | 'rows', load: string, first: string): string => `
    for (var e = thread; e < ${DEPTH * width}; e += ${threads}) {
      let j = ${along === 'k' ? `e % ${DEPTH}` : `e / ${width}`};
      let q = ${along === 'k' ? `e / ${DEPTH}` : `e % ${width}`};
      ${tile}[j * ${width + 1} + q] = ${load}(depth + j, ${first} + q * 4);
    }`;
  return `
var<workgroup> tileA: array<vec4<f32>, ${DEPTH * (down + 1)}>;
var<workgroup> tileB: array<vec4<f32>, ${DEPTH * (across + 1)}>;
${functions}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) place: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let tilesAcross = (${n} + ${columns - 1}) / ${columns};
  let tilesDown = (${m} + ${rows - 1}) / ${rows};
  let number = place.y * groups.x + place.x;
  if (number >= call.header.x) { return; }
  let tile = i32(number);
  let matrix = tile / (tilesDown * tilesAcross);
  let inMatrix = tile - matrix * tilesDown * tilesAcross;
  let firstRow = inMatrix / tilesAcross * ${rows};
  let firstColumn = inMatrix % tilesAcross * ${columns};
  let thread = i32(index);
  begin(matrix);
  ${atColumn ? `{ let column = firstColumn + thread % ${across} * 4; ${atColumn} }` : ''}
  ${four.map((r) => `var sum${r} = vec4<f32>();`).join(' ')}
  let row = thread / ${across};
  let column = thread % ${across};
  for (var depth = 0; depth < ${k}; depth += ${DEPTH}) {
    ${fill('tileA', down, alongA, 'loadA', 'firstRow')}
    ${fill('tileB', across, alongB, 'loadB', 'firstColumn')}
    workgroupBarrier();
    for (var j = 0; j < ${DEPTH}; j++) {
      let a = tileA[j * ${down + 1} + row];
      let b = tileB[j * ${across + 1} + column];
      ${four.map((r) => `sum${r} += a[${r}] * b;`).join(' ')}
    }
    workgroupBarrier();
  }
  var sums = array(${four.map((r) => `sum${r}`).join(', ')});
  for (var r = 0; r < 4; r++) { store(firstRow + row * 4 + r, firstColumn + column * 4, sums[r]); }
}`;
}
