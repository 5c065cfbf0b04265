/** Matrix products. */
import { broadcastWalk, coordinates, sizeNames } from '../axes';
import { defineProgram, type Operand, programFamily, type Reader } from '../program';
import { glslGemm } from '../glsl/gemm';
import { gemm } from '../wgsl/gemm';
import { chooseTile } from '../wgsl/tiles';
import { type GpuKernel, input, output } from './kernel';

const columns = [0, 1, 2, 3];
const noTile = { rows: 0, columns: 0 };

/**
 * The product's element in `$row` and `$column`, or four in neighbouring columns, for which the element of a is read once.
 * `a` and `b` read the operands' matrices.
 */
function dot(a: Reader, b: Reader, [aAt, bAt]: readonly [string, (column: string) => string]): { readonly one: string; readonly four: string } {
  return {
    one: `
      let $total = 0;
      for (let $j = 0; $j < k; $j++) { $total = $total + ${a(aAt)} * ${b(bAt('$column'))}; }`,
    four: `
      ${columns.map((c) => `let $total${c} = 0;`).join('\n')}
      for (let $j = 0; $j < k; $j++) {
        const $a = ${a(aAt)};
        ${columns.map((c) => `$total${c} = $total${c} + $a * ${b(bAt(`($column + ${c})`))};`).join('\n')}
      }`,
  };
}

/** Whether vectors of four elements are aligned, where the rows have `length` elements. */
const aligned = ({ offset }: Operand, length: number): boolean => offset % 4 === 0 && length % 4 === 0;

/**
 * The operands' matrices begin at `$atA` and `$atB`. `joined`: n is a multiple of 4. Rows and columns of a tile are 0 where WGSL does
 * not run; `wideA`, `wideB`: the operand is read four elements at once; `glsl`: whether GLSL of its own may run.
 */
const product = programFamily((transposeA: boolean, transposeB: boolean, rank: number, joined: boolean, rows: number, across: number, wideA: boolean, wideB: boolean, glsl: boolean) => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const start = (x: string): string => axes.map((axis) => `$c${axis} * ${x}${axis}`).join(' + ') || '0';
  const place = `
    const $all = quotient($i, n);
    const $matrix = quotient($all, m);
    const $row = $all - $matrix * m;
    const $column = $i - $all * n;
    ${rank > 0 ? coordinates(rank, '$matrix') : ''}
    const $atA = ${start('sa')};
    const $atB = ${start('sb')};`;
  const parts = (a: Reader, b: Reader): ReturnType<typeof dot> => dot(a, b, [
    `$atA + ${transposeA ? '$j * m + $row' : '$row * k + $j'}`,
    (column) => `$atB + ${transposeB ? `${column} * k + $j` : `$j * n + ${column}`}`,
  ]);
  return defineProgram({
    name: 'matmul',
    inputs: ['a', 'b'],
    ints: ['m', 'n', 'k', ...(rank > 0 ? sizeNames(rank) : []), ...['sa', 'sb'].flatMap((s) => axes.map((axis) => `${s}${axis}`))],
    code: ({ a, b }) => ({ body: place + parts(a, b).one, value: '$total' }),
    four: joined ? ({ a, b }) => ({ body: place + parts(a, b).four, values: columns.map((c) => `$total${c}`) }) : undefined,
    wgsl: rows === 0 ? undefined : gemm({
      a: 'a', b: 'b', wideA, wideB, wideResult: joined, transposeA, transposeB, m: 'call.m', tile: { rows, columns: across },
      starts: {
        before: axes.slice(1).reverse().reduce((text, axis) => `${text} let c${axis} = rest % call.n${axis}; rest = rest / call.n${axis};`, 'var rest = matrix;'),
        ...Object.fromEntries(['a', 'b'].map((x) => [x, axes.map((axis) => `${axis === 0 ? 'rest' : `c${axis}`} * call.s${x}${axis}`).join(' + ') || '0'])) as { a: string; b: string },
      },
      size: ({ ints: [m = 0, n = 0] = [], output: { size } }) => [size / (m * n), m, n],
    }),
    glsl: glsl ? glslGemm({
      a: 'a', b: 'b', transposeA, transposeB, joined, wholeA: wideA, wholeB: wideB,
      begin: rank === 0 ? '' : `
        int rest = matrix;
        ${axes.slice(1).reverse().map((axis) => `int c${axis} = rest % n${axis}; rest /= n${axis};`).join(' ')}
        ${['a', 'b'].map((x) => `start${x.toUpperCase()} = ${axes.map((axis) => `${axis === 0 ? 'rest' : `c${axis}`} * s${x}${axis}`).join(' + ')};`).join(' ')}`,
    }) : undefined,
  });
});

/** Matrices [m, k] from [k, m]. */
const transposed = defineProgram({
  name: 'transposed',
  inputs: ['x'],
  ints: ['m', 'k'],
  code: ({ x }) => ({
    body: `
      const $line = quotient($i, k);
      const $matrix = quotient($line, m);`,
    value: x('($matrix * k + $i - $line * k) * m + $line - $matrix * m'),
  }),
});

/** Multiplications from which on GLSL is faster with the first factor laid out along the sum. */
const WORTH_TRANSPOSING = 2 ** 19;

/** a [...batch, M, K], b [...batch, K, N], either transposed in its last axes -> y [...batch, M, N]; batch axes broadcast. */
export const matmul: GpuKernel = (command, bench) => {
  const [given, b, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const [flipped, transposeB] = [command.attrs['transposeA'] === true, command.attrs['transposeB'] === true];
  const [m = 0, n = 0] = y.shape.slice(-2);
  const k = given.shape[given.shape.length - (flipped ? 2 : 1)] ?? 0;
  const walk = broadcastWalk(y.shape.slice(0, -2), [given.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const single = walk.sizes.length === 1 && walk.sizes[0] === 1;
  const batch = single ? [] : [...walk.sizes.slice(1), ...(walk.strides[0] ?? []).map((s) => s * m * k), ...(walk.strides[1] ?? []).map((s) => s * n * k)];
  const { wgsl = false, glsl = false } = bench.device;
  let [a, transposeA]: [Operand, boolean] = [given, flipped];
  if (glsl && flipped && y.size * k >= WORTH_TRANSPOSING) {
    [a, transposeA] = [bench.temporary(given.size), false];
    bench.run(transposed, { inputs: [given], ints: [m, k], output: a });
  }
  const { rows, columns: across } = wgsl ? chooseTile(wgsl, y.size / (m * n), m, n) : noTile;
  const wide = glsl ? [k % 4 === 0, (transposeB ? k : n) % 4 === 0] as const : [wgsl && transposeA && aligned(a, m), wgsl && !transposeB && aligned(b, n)] as const;
  bench.run(product(transposeA, transposeB, single ? 0 : walk.sizes.length, n % 4 === 0, rows, across, ...wide, glsl), { inputs: [a, b], ints: [m, n, k, ...batch], output: y });
};

const affine = programFamily((bias: boolean, joined: boolean, rows: number, across: number, wide: boolean, glsl: boolean) => {
  const place = `
    const $row = quotient($i, n);
    const $column = $i - $row * n;`;
  const parts = (x: Reader, weight: Reader): ReturnType<typeof dot> => dot(x, weight, ['$row * k + $j', (column) => `${column} * k + $j`]);
  return defineProgram({
    name: 'linear',
    inputs: bias ? ['x', 'weight', 'bias'] : ['x', 'weight'],
    ints: ['m', 'n', 'k'],
    code: ({ x, weight, bias: shift }) => ({ body: place + parts(x, weight).one, value: bias ? `$total + ${shift('$column')}` : '$total' }),
    four: joined ? ({ x, weight, bias: shift }) => ({
      body: place + parts(x, weight).four,
      values: columns.map((c) => (bias ? `$total${c} + ${shift(`$column + ${c}`)}` : `$total${c}`)),
    }) : undefined,
    wgsl: rows === 0 ? undefined : gemm({
      a: 'x', b: 'weight', wideA: false, wideB: false, wideResult: joined, transposeA: false, transposeB: true, m: 'call.m',
      starts: { a: '0', b: '0' }, bias: bias ? 'bias' : undefined, tile: { rows, columns: across },
      size: ({ ints: [m = 0, n = 0] = [] }) => [1, m, n],
    }),
    glsl: glsl ? glslGemm({ a: 'x', b: 'weight', transposeA: false, transposeB: true, joined, wholeA: wide, wholeB: wide, begin: '', bias: bias ? 'bias' : undefined }) : undefined,
  });
});

/** x [M, K], weight [N, K], bias? [N] -> y [M, N] = x weight^T + bias. */
export const linear: GpuKernel = (command, bench) => {
  const [x, weight] = [input(command, 0), input(command, 1)];
  const [[m = 0, k = 0], [n = 0]] = [x.shape, weight.shape];
  const { wgsl = false, glsl = false } = bench.device;
  const { rows, columns: across } = wgsl ? chooseTile(wgsl, 1, m, n) : noTile;
  bench.run(affine(command.inputs.length > 2, n % 4 === 0, rows, across, glsl && k % 4 === 0, glsl), { inputs: command.inputs, ints: [m, n, k], output: output(command, 0) });
};
