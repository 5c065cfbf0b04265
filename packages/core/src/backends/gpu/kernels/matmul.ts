/** Matrix products. */
import { broadcastWalk, coordinates, sizeNames } from '../axes';
import { defineProgram, programFamily, type Reader } from '../program';
import { type GpuKernel, input, output } from './kernel';

const columns = [0, 1, 2, 3];

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

/** The operands' matrices begin at `$atA` and `$atB`. `joined`: n is a multiple of 4. */
const product = programFamily((transposeA: boolean, transposeB: boolean, rank: number, joined: boolean) => {
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
  });
});

/** a [...batch, M, K], b [...batch, K, N], either transposed in its last axes -> y [...batch, M, N]; batch axes broadcast. */
export const matmul: GpuKernel = (command, bench) => {
  const [a, b, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const [transposeA, transposeB] = [command.attrs['transposeA'] === true, command.attrs['transposeB'] === true];
  const [m = 0, n = 0] = y.shape.slice(-2);
  const k = a.shape[a.shape.length - (transposeA ? 2 : 1)] ?? 0;
  const walk = broadcastWalk(y.shape.slice(0, -2), [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const single = walk.sizes.length === 1 && walk.sizes[0] === 1;
  const batch = single ? [] : [...walk.sizes.slice(1), ...(walk.strides[0] ?? []).map((s) => s * m * k), ...(walk.strides[1] ?? []).map((s) => s * n * k)];
  bench.run(product(transposeA, transposeB, single ? 0 : walk.sizes.length, n % 4 === 0), { inputs: [a, b], ints: [m, n, k, ...batch], output: y });
};

const affine = programFamily((bias: boolean, joined: boolean) => {
  const place = `
    const $row = quotient($i, n);
    const $column = $i - $row * n;`;
  const parts = (x: Reader, weight: Reader): ReturnType<typeof dot> => dot(x, weight, ['$row * k + $j', (column) => `${column} * k + $j`]);
  return defineProgram({
    name: 'linear',
    inputs: bias ? ['x', 'weight', 'bias'] : ['x', 'weight'],
    ints: ['n', 'k'],
    code: ({ x, weight, bias: shift }) => ({ body: place + parts(x, weight).one, value: bias ? `$total + ${shift('$column')}` : '$total' }),
    four: joined ? ({ x, weight, bias: shift }) => ({
      body: place + parts(x, weight).four,
      values: columns.map((c) => (bias ? `$total${c} + ${shift(`$column + ${c}`)}` : `$total${c}`)),
    }) : undefined,
  });
});

/** x [M, K], weight [N, K], bias? [N] -> y [M, N] = x weight^T + bias. */
export const linear: GpuKernel = (command, bench) => {
  const [x, weight] = [input(command, 0), input(command, 1)];
  const n = weight.shape[0] ?? 0;
  bench.run(affine(command.inputs.length > 2, n % 4 === 0), { inputs: command.inputs, ints: [n, x.shape[1] ?? 0], output: output(command, 0) });
};
