/** Products of matrices as WGSL: every transposition, batches, any size, and a bias. */
import type { ProgramCall, WgslVariant } from '../program';
import { inRegisters, type Tile, tiled } from './tiles';

export interface Gemm {
  /** Names of the factors, as of the program's inputs. */
  readonly a: string;
  readonly b: string;
  /** Of a factor that is read along its rows, and of the result: whether four neighbours lie in one aligned vector. */
  readonly wideA: boolean;
  readonly wideB: boolean;
  readonly wideResult: boolean;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Where the factors of a matrix begin, from `matrix`. */
  readonly starts: { readonly before?: string; readonly a: string; readonly b: string };
  readonly m: string;
  readonly bias?: string | undefined;
  readonly tile: Tile;
  /** Of a call: how many products of which size. */
  readonly size: (call: ProgramCall) => readonly [matrices: number, m: number, n: number];
}

const four = [0, 1, 2, 3];

/** Four of a factor at one k, along `count`; `flipped` is a factor stored with k as its last axis. An index beyond the buffer reads something of it. */
function load(name: string, factor: string, count: string, flipped: boolean, wide: boolean, guarded: boolean): string {
  const start = `start${name}`;
  const at = (c: number): string => `${factor}[${flipped ? `${start} + (at + ${c}) * call.k + k` : `${start} + k * ${count} + at + ${c}`}]`;
  return `
fn load${name}(k: i32, at: i32) -> vec4<f32> {
  let value = ${wide && !flipped ? `${factor}[(${start} + k * ${count} + at) / 4]` : `vec4<f32>(${four.map(at).join(', ')})`};
  return ${guarded ? `select(vec4<f32>(), value, vec4<bool>(k < call.k) & (vec4<i32>(at) + vec4<i32>(0, 1, 2, 3) < vec4<i32>(${count})))` : 'value'};
}`;
}

export function gemm({ a, b, wideA, wideB, wideResult, transposeA, transposeB, starts, m, bias, tile, size }: Gemm): WgslVariant {
  const shift = bias === undefined ? '' : `value += vec4<f32>(${four.map((c) => `${bias}[call.${bias}_o + column + ${c}]`).join(', ')});`;
  // A thread with registers of its own stops at the end, and stores nothing from beyond an edge.
  const guarded = !inRegisters(tile);
  const store = wideResult
    ? 'if (column < call.n) { result[at / 4] = value; }'
    : 'for (var c = 0; c < min(4, call.n - column); c++) { result[at + c] = value[c]; }';
  return {
    wide: [...(wideA && transposeA ? [a] : []), ...(wideB && !transposeB ? [b] : []), ...(wideResult ? ['result'] : [])],
    ...tiled({
      tile, m, n: 'call.n', k: 'call.k',
      alongA: transposeA ? 'rows' : 'k',
      alongB: transposeB ? 'k' : 'rows',
      functions: `
var<private> startA: i32;
var<private> startB: i32;
var<private> startResult: i32;
fn begin(matrix: i32) {
  ${starts.before ?? ''}
  startA = call.${a}_o + ${starts.a};
  startB = call.${b}_o + ${starts.b};
  startResult = matrix * ${m} * call.n;
}
${load('A', a, m, !transposeA, wideA, guarded)}
${load('B', b, 'call.n', transposeB, wideB, guarded)}
fn store(row: i32, column: i32, sum: vec4<f32>) {
  if (row >= ${m}) { return; }
  var value = sum;
  ${shift}
  let at = startResult + row * call.n + column;
  ${store}
}`,
    }, size),
  };
}
