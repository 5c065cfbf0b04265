/** x [outer, n, inner] -> y [outer, inner]. */
import { fail } from '../../../errors';
import { defineProgram } from '../program';
import { type GpuKernel, input, output } from './kernel';

const sum = defineProgram({
  name: 'reduce.sum',
  inputs: ['x'],
  ints: ['n', 'inner'],
  code: ({ x }) => ({
    body: `
      const $outer = quotient($i, inner);
      const $start = $outer * n * inner + ($i - $outer * inner);
      let $total = 0;
      for (let $j = 0; $j < n; $j++) { $total = $total + ${x!('$start + $j * inner')}; }`,
    value: '$total',
  }),
});

export const reduce: GpuKernel = (command, bench) => {
  const x = input(command, 0);
  if (command.attrs['op'] !== 'sum') fail('backend', `gpu: reduce '${String(command.attrs['op'])}' is not written yet.`);
  const [, n = 0, inner = 1] = x.shape;
  bench.run(sum, { inputs: [x], ints: [n, inner], output: output(command, 0) });
};
