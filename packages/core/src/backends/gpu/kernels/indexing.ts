/**
 * Gathers and scatters along the middle axis of [outer, n, inner]. A scatter is written as a gather: each element of the output
 * looks for its sources in ascending order, so that sums are the same every time.
 */
import { defineProgram, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

/** Outer, middle and inner coordinate of an element whose middle axis has `size`. */
const place = (size: string): string => `
  const $row = quotient($i, inner);
  const $outer = quotient($row, ${size});
  const $j = $row - $outer * ${size};
  const $inner = $i - $row * inner;`;

/** The place of an index: one list for all, or one for each element of the small tensor. */
const indexAt = (shared: boolean, j: string): string => (shared ? j : `($outer * k + ${j}) * inner + $inner`);

/** y[o, j, i] = x[o, index, i]; an index out of range, which only the device can see, gives NaN. */
const select = programFamily((shared: boolean) => defineProgram({
  name: shared ? 'indexSelect' : 'gather',
  inputs: ['x', 'index'],
  ints: ['n', 'k', 'inner'],
  floats: ['nan'],
  code: ({ x, index }) => ({
    body: `
      ${place('k')}
      const $from = ${index(indexAt(shared, '$j'))};
      let $value = nan;
      if ($from >= 0 && $from < n) { $value = ${x('($outer * n + $from) * inner + $inner')}; }`,
    value: '$value',
  }),
}));

const selecting = (shared: boolean): GpuKernel => (command, bench) => {
  const [x, index, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const [, n = 0, inner = 1] = x.shape;
  bench.checkIndices(command.kernel, index, n);
  bench.run(select(shared), { inputs: [x, index], ints: [n, y.shape[1] ?? 0, inner], floats: [NaN], output: y });
};

/** x [outer, n, inner], index [k] -> y [outer, k, inner]. */
export const indexSelect = selecting(true);
/** x [outer, n, inner], index [outer, k, inner] -> y [outer, k, inner]. */
export const gather = selecting(false);

const add = programFamily((shared: boolean) => defineProgram({
  name: shared ? 'indexAdd' : 'scatterAdd',
  inputs: ['x', 'index'],
  ints: ['n', 'k', 'inner'],
  code: ({ x, index }) => ({
    body: `
      ${place('n')}
      let $total = 0;
      for (let $t = 0; $t < k; $t++) {
        if (${index(indexAt(shared, '$t'))} == $j) { $total = $total + ${x('($outer * k + $t) * inner + $inner')}; }
      }`,
    value: '$total',
  }),
}));

const adding = (shared: boolean): GpuKernel => (command, bench) => {
  const [x, index, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const [, n = 0, inner = 1] = y.shape;
  bench.checkIndices(command.kernel, index, n);
  bench.run(add(shared), { inputs: [x, index], ints: [n, x.shape[1] ?? 0, inner], output: y });
};

/** x [outer, k, inner], index [k] -> y [outer, n, inner], y[:, index[j], :] += x[:, j, :]. */
export const indexAdd = adding(true);
/** x [outer, k, inner], index [outer, k, inner] -> y [outer, n, inner]. */
export const scatterAdd = adding(false);

const replace = defineProgram({
  name: 'scatter',
  inputs: ['x', 'index', 'source'],
  ints: ['n', 'k', 'inner'],
  code: ({ x, index, source }) => ({
    body: `
      ${place('n')}
      let $value = ${x('$i')};
      for (let $t = 0; $t < k; $t++) {
        const $p = ${indexAt(false, '$t')};
        if (${index('$p')} == $j) { $value = ${source('$p')}; }
      }`,
    value: '$value',
  }),
});

/** x with y[o, index[o, j, i], i] = source[o, j, i]; the last j wins. */
export const scatter: GpuKernel = (command, bench) => {
  const [x, index, source, y] = [input(command, 0), input(command, 1), input(command, 2), output(command, 0)];
  const [, n = 0, inner = 1] = x.shape;
  bench.checkIndices(command.kernel, index, n);
  bench.run(replace, { inputs: [x, index, source], ints: [n, source.shape[1] ?? 0, inner], output: y });
};
