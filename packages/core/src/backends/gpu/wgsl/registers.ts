/**
 * Products in WGSL without workgroup memory: a thread makes 4 or 8 rows of 4 columns in its registers. Processors that stand in for a GPU pay dearly
 * for the barriers of shared tiles.
 */
import type { TiledProduct } from './tiles';

export const THREADS = 64;
const four = [0, 1, 2, 3];

export const rowsOf = (rows: number): number[] => Array.from({ length: rows }, (_, r) => r);

/** Of the four columns from `column` on, rows `row` and following of matrix `matrix`; `units` is how many threads make a row of the result. */
export const threadMain = ({ rows, m, units, body }: { readonly rows: number; readonly m: string; readonly units: string; readonly body: string }): string => `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) place: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let number = (place.y * groups.x + place.x) * ${THREADS} + index;
  if (number >= call.header.x) { return; }
  let units = ${units};
  let block = i32(number) / units;
  let unit = i32(number) - block * units;
  let blocks = (${m} + ${rows - 1}) / ${rows};
  let matrix = block / blocks;
  let row = (block - matrix * blocks) * ${rows};
  ${rowsOf(rows).map((r) => `var sum${r} = vec4<f32>();`).join(' ')}
  ${body}
}`;

/** The same product as of tiles, from the same functions. */
export const productInRegisters = ({ tile: { rows }, m, n, k, functions }: TiledProduct): string => functions + threadMain({
  rows, m, units: `((${n} + 3) / 4)`,
  body: `
  begin(matrix);
  let column = unit * 4;
  for (var k = 0; k < ${k}; k++) {
    let b = loadB(k, column);
    ${rowsOf(rows / 4).map((q) => `let a${q} = loadA(k, row + ${q * 4});\n${four.map((r) => `sum${q * 4 + r} += a${q}[${r}] * b;`).join(' ')}`).join('\n')}
  }
  ${rowsOf(rows).map((r) => `store(row + ${r}, column, sum${r});`).join('\n  ')}`,
});
