/** x [outer, n, inner] -> sums along the middle axis, by doubling: after pass p each element holds the sum of 2^p neighbours. */
import { defineProgram, type Operand, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

const doubling = programFamily((reverse: boolean) => defineProgram({
  name: 'cumsum',
  inputs: ['x'],
  ints: ['n', 'inner', 'distance'],
  code: ({ x }) => ({
    body: `
      const $row = quotient($i, inner);
      const $j = $row - quotient($row, n) * n;
      let $total = ${x('$i')};
      if (${reverse ? '$j + distance < n' : '$j >= distance'}) { $total = $total + ${x(`$i ${reverse ? '+' : '-'} distance * inner`)}; }`,
    value: '$total',
  }),
}));

export const cumsum: GpuKernel = (command, bench) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const [, n = 0, inner = 1] = x.shape;
  let from: Operand = x;
  for (let distance = 1; ; distance *= 2) {
    const last = distance * 2 >= n;
    const to = last ? y : bench.temporary(y.size);
    bench.run(doubling(command.attrs['reverse'] === true), { inputs: [from], ints: [n, inner, distance], output: to });
    if (last) return;
    from = to;
  }
};
