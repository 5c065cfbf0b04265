/** Matrix products. */
import { broadcastWalk, coordinates, sizeNames } from '../axes';
import { defineProgram, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

/** `$row` and `$column` of `$i` in the last axes [m, n], and the place of the first element of each operand's matrix. */
const product = programFamily((transposeA: boolean, transposeB: boolean, rank: number) => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const start = (x: string): string => axes.map((axis) => `$c${axis} * ${x}${axis}`).join(' + ') || '0';
  return defineProgram({
    name: 'matmul',
    inputs: ['a', 'b'],
    ints: ['m', 'n', 'k', ...(rank > 0 ? sizeNames(rank) : []), ...['sa', 'sb'].flatMap((s) => axes.map((axis) => `${s}${axis}`))],
    code: ({ a, b }) => ({
      body: `
        const $all = quotient($i, n);
        const $matrix = quotient($all, m);
        const $row = $all - $matrix * m;
        const $column = $i - $all * n;
        ${rank > 0 ? coordinates(rank, '$matrix') : ''}
        const $a = ${start('sa')};
        const $b = ${start('sb')};
        let $total = 0;
        for (let $j = 0; $j < k; $j++) {
          $total = $total + ${a(`$a + ${transposeA ? '$j * m + $row' : '$row * k + $j'}`)} * ${b(`$b + ${transposeB ? '$column * k + $j' : '$j * n + $column'}`)};
        }`,
      value: '$total',
    }),
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
  bench.run(product(transposeA, transposeB, single ? 0 : walk.sizes.length), { inputs: [a, b], ints: [m, n, k, ...batch], output: y });
};

const affine = programFamily((bias: boolean) => defineProgram({
  name: 'linear',
  inputs: ['x', 'weight', ...(bias ? ['bias'] : [])],
  ints: ['n', 'k'],
  code: (read) => ({
    body: `
      const $row = quotient($i, n);
      const $column = $i - $row * n;
      let $total = 0;
      for (let $j = 0; $j < k; $j++) { $total = $total + ${read['x']?.('$row * k + $j')} * ${read['weight']?.('$column * k + $j')}; }`,
    value: bias ? `$total + ${read['bias']?.('$column')}` : '$total',
  }),
}));

/** x [M, K], weight [N, K], bias? [N] -> y [M, N] = x weight^T + bias. */
export const linear: GpuKernel = (command, bench) => {
  const [x, weight] = [input(command, 0), input(command, 1)];
  bench.run(affine(command.inputs.length > 2), { inputs: command.inputs, ints: [weight.shape[0] ?? 0, x.shape[1] ?? 0], output: output(command, 0) });
};
