/** a [...batch, M, K], b [...batch, K, N] -> y [...batch, M, N], either transposed in its last axes. */
import { fail } from '../../../errors';
import { defineProgram, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

const product = programFamily((transposeA: boolean, transposeB: boolean) => defineProgram({
  name: 'matmul',
  inputs: ['a', 'b'],
  ints: ['m', 'n', 'k'],
  code: ({ a, b }) => ({
    body: `
      const $row = quotient($i, n);
      const $column = $i - $row * n;
      let $total = 0;
      for (let $j = 0; $j < k; $j++) {
        $total = $total + ${a!(transposeA ? '$j * m + $row' : '$row * k + $j')} * ${b!(transposeB ? '$column * k + $j' : '$j * n + $column')};
      }`,
    value: '$total',
  }),
}));

export const matmul: GpuKernel = (command, bench) => {
  const [a, b, y] = [input(command, 0), input(command, 1), output(command, 0)];
  if (y.shape.length !== 2) fail('backend', 'gpu: matmul of batches is not written yet.');
  const [transposeA, transposeB] = [command.attrs['transposeA'] === true, command.attrs['transposeB'] === true];
  const [m = 0, n = 0] = y.shape;
  bench.run(product(transposeA, transposeB), { inputs: [a, b], ints: [m, n, (transposeA ? a.shape[0] : a.shape[1]) ?? 0], output: y });
};
