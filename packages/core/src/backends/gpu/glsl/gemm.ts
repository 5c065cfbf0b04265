/** Products of matrices as GLSL: a thread makes four neighbours of a row from whole texels, four steps along the sum at a time. */
import type { GlslVariant } from '../program';

export interface GlslGemm {
  /** Names of the factors, as of the program's inputs. */
  readonly a: string;
  readonly b: string;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether the rows of the result are whole texels. */
  readonly joined: boolean;
  /** Whether those of the factors are, of every matrix. */
  readonly wholeA: boolean;
  readonly wholeB: boolean;
  /** Statements that set `startA` and `startB`, where the factors of the matrix of number `matrix` begin. */
  readonly begin: string;
  readonly bias?: string | undefined;
}

const four = [0, 1, 2, 3];
const vector = (of: (k: number) => string): string => `vec4(${four.map(of).join(', ')})`;

export function glslGemm({ a, b, transposeA, transposeB, joined, wholeA, wholeB, begin, bias }: GlslGemm): GlslVariant {
  const atA = (j: string): string => `${a}_at(startA + ${transposeA ? `(${j}) * m + row` : `row * k + ${j}`})`;
  const atB = (j: string, column: string): string => `${b}_at(startB + ${transposeB ? `(${column}) * k + ${j}` : `(${j}) * n + ${column}`})`;
  /** Four along the sum, from `j` on; `texelA` and `texelB` go with it. */
  const sumA = transposeA ? vector((l) => atA(`j + ${l}`)) : wholeA ? `${a}_texel(texelA++)` : `${a}_near(startA + row * k + j)`;
  const columnB = (c: number): string => (wholeB ? `${b}_texel(texelB + ${c} * step)` : `${b}_near(startB + (column + ${c}) * k + j)`);
  const rowB = (j: string): string => (transposeB ? vector((c) => atB(j, `column + ${c}`)) : `${b}_${wholeB ? 'four' : 'near'}(startB + (${j}) * n + column)`);
  const place = `
  int all = i / n;
  int column = i - all * n;
  int matrix = all / m;
  int row = all - matrix * m;
  begin(matrix);
  int j = 0;
  int texelA = (${a}_o + startA + row * k) >> 2;
  int texelB = (${b}_o + startB + column${transposeB ? ' * k' : ''}) >> 2;
  int step = ${transposeB ? 'k' : 'n'} >> 2;`;
  const matrix = `
int startA = 0;
int startB = 0;
void begin(int matrix) { ${begin} }`;
  if (!joined) {
    return `${matrix}
float one(int i) {${place}
  float total = 0.0;
  for (; j + 3 < k; j += 4) { total += dot(${sumA}, ${transposeB ? (wholeB ? `${b}_texel(texelB++)` : columnB(0)) : vector((l) => atB(`j + ${l}`, 'column'))}); }
  for (; j < k; j++) { total += ${atA('j')} * ${atB('j', 'column')}; }
  return total${bias === undefined ? '' : ` + ${bias}_at(column)`};
}
vec4 four(int i) { return ${vector((l) => `one(i + ${l})`)}; }`;
  }
  const terms = transposeB
    ? `total += ${vector((c) => `dot(along, ${columnB(c)})`)};\n    texelB++;`
    : four.map((l) => (wholeB ? `total += along[${l}] * ${b}_texel(texelB); texelB += step;` : `total += along[${l}] * ${rowB(`j + ${l}`)};`)).join('\n    ');
  return `${matrix}
vec4 four(int i) {${place}
  vec4 total = vec4(0);
  for (; j + 3 < k; j += 4) {
    vec4 along = ${sumA};
    ${terms}
  }
  for (; j < k; j++) { total += ${atA('j')} * ${rowB('j')}; }
  return total${bias === undefined ? '' : ` + ${bias}_four(column)`};
}`;
}
