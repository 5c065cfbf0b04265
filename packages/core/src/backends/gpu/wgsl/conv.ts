/**
 * Convolution and its adjoints as tiled products (implicit gemm): the columns of the second factor are computed where they are loaded,
 * never laid out in memory. Which elements a thread's four columns stand for is found once a thread.
 */
import type { ProgramCall, WgslVariant } from '../program';
import { convInputGradRegisters, convRegisters, convWeightGradRegisters } from './conv-registers';
import { inRegisters, type Tile, tiled, type TiledProduct } from './tiles';

const four = [0, 1, 2, 3];
const axes = ['D', 'H', 'W'] as const;
const neighbours = 'vec4<i32>(column) + vec4<i32>(0, 1, 2, 3)';
const volume = (letter: string): string => axes.map((axis) => `call.${letter}${axis}`).join(' * ');
/** Four elements, 0 where they are not `inside`; an index beyond the buffer reads something of it. */
const gathered = (from: string, at: (lane: string) => string, inside: string): string =>
  `return select(vec4<f32>(), vec4<f32>(${four.map((l) => `${from}[${at(`[${l}]`)}]`).join(', ')}), ${inside});`;
/** Splits `index` into coordinates along axes of these sizes, the last first, and what is left. */
const split = (index: string, letter: string, into: (axis: string) => string, rest: string): string =>
  `let w = ${index} / call.${letter}W; let h = w / call.${letter}H;
  ${into('W')} = ${index} - w * call.${letter}W; ${into('H')} = w - h * call.${letter}H; ${rest} = h / call.${letter}D; ${into('D')} = h - ${rest} * call.${letter}D;`;

/** What the threads' columns stand for. */
const columns = `
var<private> ofColumn: vec4<i32>;
${axes.map((axis) => `var<private> column${axis}: vec4<i32>;`).join('\n')}
var<private> isColumn: vec4<bool>;
var<private> group: i32;`;

const atColumns = (letter: string, count: string): string =>
  `let at = ${neighbours}; isColumn = at < vec4<i32>(${count}); ${split('at', letter, (axis) => `column${axis}`, 'ofColumn')}`;

/** Writes four columns of positions: [images, channels, positions], where a product has the channels of a group. */
const storePositions = (perGroup: string, channels: string, letter: string, wide: boolean, positions: string): string => `
fn store(row: i32, column: i32, value: vec4<f32>) {
  if (row >= ${perGroup}) { return; }
  let size = ${volume(letter)};
  let channel = group * ${perGroup} + row;
  ${wide
    ? `if (column < ${positions}) { let image = column / size; result[((image * ${channels} + channel) * size + column - image * size) / 4] = value; }`
    : `for (var c = 0; c < min(4, ${positions} - column); c++) {
    let image = (column + c) / size;
    result[(image * ${channels} + channel) * size + column + c - image * size] = value[c];
  }`}
}`;

interface Options {
  readonly tile: Tile;
  /** Whether four columns of the result lie in one vector. */
  readonly wide: boolean;
  /** Of a call: how many products of which size. */
  readonly size: (call: ProgramCall) => readonly [matrices: number, m: number, n: number];
}

const variant = ({ tile, wide, size }: Options, product: Omit<TiledProduct, 'tile'>): WgslVariant => ({
  wide: wide ? ['result'] : [],
  ...tiled({ tile, ...product }, size),
});

/** For each group: weight [outputs, perGroup cells] times x's [perGroup cells, images positions]. */
export function convInWgsl(options: Options): WgslVariant {
  if (inRegisters(options.tile)) return convRegisters(options.tile.rows);
  const positions = `call.batch * ${volume('y')}`;
  const k = `call.perGroup * ${volume('k')}`;
  return variant(options, {
    m: 'call.outputs', n: positions, k, alongA: 'k', alongB: 'rows', atColumn: `atColumns(column);`,
    functions: `${columns}
fn begin(matrix: i32) { group = matrix; }
fn atColumns(column: i32) {
  ${atColumns('y', positions)}
  ${axes.map((axis) => `column${axis} = column${axis} * call.s${axis} - call.p${axis};`).join(' ')}
}
fn loadA(k: i32, row: i32) -> vec4<f32> {
  let size = ${k};
  let at = (vec4<i32>(group * call.outputs + row) + vec4<i32>(0, 1, 2, 3)) * size + call.weight_o + k;
  ${gathered('weight', (l) => `at${l}`, `vec4<bool>(k < size) & (vec4<i32>(row) + vec4<i32>(0, 1, 2, 3) < vec4<i32>(call.outputs))`)}
}
fn loadB(k: i32, column: i32) -> vec4<f32> {
  var cell: vec3<i32>;
  var channel: i32;
  ${split('k', 'k', (axis) => `cell[${axes.indexOf(axis as 'D')}]`, 'channel')}
  ${axes.map((axis, i) => `let x${axis} = column${axis} + cell[${i}] * call.d${axis};`).join(' ')}
  let at = (((ofColumn * call.channels + group * call.perGroup + channel) * call.xD + xD) * call.xH + xH) * call.xW + xW + call.x_o;
  let inside = isColumn & vec4<bool>(k < ${k})${axes.map((axis) => ` & (x${axis} >= vec4<i32>()) & (x${axis} < vec4<i32>(call.x${axis}))`).join('')};
  ${gathered('x', (l) => `at${l}`, 'inside')}
}
${storePositions('call.outputs', 'call.n1', 'y', options.wide, positions)}`,
  });
}

/** For each group: weight^T [perGroup, outputs cells] times dy's [outputs cells, images positions of x]. */
export function convInputGradInWgsl(options: Options): WgslVariant {
  if (inRegisters(options.tile)) return convInputGradRegisters(options.tile.rows);
  const positions = `call.batch * ${volume('x')}`;
  const k = `call.outputs * ${volume('k')}`;
  return variant(options, {
    m: 'call.perGroup', n: positions, k, alongA: 'k', alongB: 'rows', atColumn: `atColumns(column);`,
    functions: `${columns}
fn begin(matrix: i32) { group = matrix; }
fn atColumns(column: i32) {
  ${atColumns('x', positions)}
  ${axes.map((axis) => `column${axis} += call.p${axis};`).join(' ')}
}
fn loadA(k: i32, row: i32) -> vec4<f32> {
  let cells = ${volume('k')};
  let output = k / cells;
  let at = ((group * call.outputs + output) * call.perGroup + vec4<i32>(row) + vec4<i32>(0, 1, 2, 3)) * cells + k - output * cells + call.weight_o;
  ${gathered('weight', (l) => `at${l}`, `vec4<bool>(k < ${k}) & (vec4<i32>(row) + vec4<i32>(0, 1, 2, 3) < vec4<i32>(call.perGroup))`)}
}
fn loadB(k: i32, column: i32) -> vec4<f32> {
  var cell: vec3<i32>;
  var output: i32;
  ${split('k', 'k', (axis) => `cell[${axes.indexOf(axis as 'D')}]`, 'output')}
  ${axes.map((axis, i) => `let t${axis} = column${axis} - cell[${i}] * call.d${axis}; let y${axis} = t${axis} / call.s${axis};`).join(' ')}
  let at = (((ofColumn * call.allOutputs + group * call.outputs + output) * call.yD + yD) * call.yH + yH) * call.yW + yW + call.dy_o;
  let inside = isColumn & vec4<bool>(k < ${k})${axes.map((axis) => ` & (t${axis} >= vec4<i32>()) & (y${axis} < vec4<i32>(call.y${axis})) & (y${axis} * call.s${axis} == t${axis})`).join('')};
  ${gathered('dy', (l) => `at${l}`, 'inside')}
}
${storePositions('call.perGroup', 'call.n1', 'x', options.wide, positions)}`,
  });
}

/** For each part of the batch and each group: dy [outputs, images positions] times x's [images positions, perGroup cells]. */
export function convWeightGradInWgsl(options: Options): WgslVariant {
  if (inRegisters(options.tile)) return convWeightGradRegisters(options.tile.rows);
  const groups = '(call.n1 / call.outputs)';
  const n = `call.n2 * ${volume('k')}`;
  const k = `min(call.images, call.batch - matrix / ${groups} * call.images) * ${volume('y')}`;
  return variant(options, {
    m: 'call.outputs', n, k, alongA: 'k', alongB: 'rows', atColumn: `atColumns(column);`,
    functions: `${columns}
var<private> part: i32;
var<private> length: i32;
fn begin(matrix: i32) {
  part = matrix / ${groups};
  group = matrix % ${groups};
  length = ${k};
}
fn atColumns(column: i32) {
  ${atColumns('k', n)}
  ${axes.map((axis) => `column${axis} = column${axis} * call.d${axis} - call.p${axis};`).join(' ')}
}
fn loadA(k: i32, row: i32) -> vec4<f32> {
  let size = ${volume('y')};
  let image = k / size;
  let at = ((part * call.images + image) * call.n1 + group * call.outputs + vec4<i32>(row) + vec4<i32>(0, 1, 2, 3)) * size + k - image * size + call.dy_o;
  ${gathered('dy', (l) => `at${l}`, `vec4<bool>(k < length) & (vec4<i32>(row) + vec4<i32>(0, 1, 2, 3) < vec4<i32>(call.outputs))`)}
}
fn loadB(k: i32, column: i32) -> vec4<f32> {
  var y: vec3<i32>;
  var image: i32;
  ${split('k', 'y', (axis) => `y[${axes.indexOf(axis as 'D')}]`, 'image')}
  ${axes.map((axis, i) => `let x${axis} = column${axis} + y[${i}] * call.s${axis};`).join(' ')}
  let first = (part * call.images + image) * call.channels + group * call.n2;
  let at = (((ofColumn + first) * call.xD + xD) * call.xH + xH) * call.xW + xW + call.x_o;
  let inside = isColumn & vec4<bool>(k < length)${axes.map((axis) => ` & (x${axis} >= vec4<i32>()) & (x${axis} < vec4<i32>(call.x${axis}))`).join('')};
  ${gathered('x', (l) => `at${l}`, 'inside')}
}
fn store(row: i32, column: i32, value: vec4<f32>) {
  if (row >= call.outputs) { return; }
  let n = ${n};
  let at = ((part * call.n1) + group * call.outputs + row) * n + column;
  ${options.wide ? 'if (column < n) { result[at / 4] = value; }' : 'for (var c = 0; c < min(4, n - column); c++) { result[at + c] = value[c]; }'}
}`,
  });
}
