/** Softmax, its logarithm and their gradients over the rows of [rows, n]. */
import type { Workbench } from '../device';
import { defineProgram, type Operand, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';
import { reduceInto, reduceTerms, reducible } from './reduce';

const shiftedExp = defineProgram({
  name: 'softmax.exp',
  inputs: ['x', 'top'],
  ints: ['n'],
  code: ({ x, top }) => ({ value: `Math.exp(${x('$i')} - ${top('quotient($i, n)')})` }),
});

const share = defineProgram({
  name: 'softmax',
  inputs: ['e', 'total'],
  ints: ['n'],
  code: ({ e, total }) => ({ value: `${e('$i')} / ${total('quotient($i, n)')}` }),
});

const logShare = defineProgram({
  name: 'logSoftmax',
  inputs: ['x', 'top', 'total'],
  ints: ['n'],
  code: ({ x, top, total }) => ({ body: 'const $row = quotient($i, n);', value: `${x('$i')} - ${top('$row')} - Math.log(${total('$row')})` }),
});

/** The rows' maxima, exponentials less them, and the sums of these. */
function exponentials(bench: Workbench, x: Operand, rows: number, n: number): { top: Operand; e: Operand; total: Operand } {
  const [top, e, total] = [bench.temporary(rows), bench.temporary(x.size), bench.temporary(rows)];
  reduceInto(bench, 'max', x, [rows, n, 1], top);
  bench.run(shiftedExp, { inputs: [x, top], ints: [n], output: e });
  reduceInto(bench, 'sum', e, [rows, n, 1], total);
  return { top, e, total };
}

export const softmax: GpuKernel = (command, bench) => {
  const x = input(command, 0);
  const [rows = 0, n = 0] = x.shape;
  if (x.size === 0) return;
  const { e, total } = exponentials(bench, x, rows, n);
  bench.run(share, { inputs: [e, total], ints: [n], output: output(command, 0) });
};

export const logSoftmax: GpuKernel = (command, bench) => {
  const x = input(command, 0);
  const [rows = 0, n = 0] = x.shape;
  if (x.size === 0) return;
  const { top, total } = exponentials(bench, x, rows, n);
  bench.run(logShare, { inputs: [x, top, total], ints: [n], output: output(command, 0) });
};

const product = reducible({ name: 'softmaxGrad.product', inputs: ['dy', 'y'], term: ({ dy, y }) => ({ value: `${dy('$at')} * ${y('$at')}` }) });

const back = programFamily((log: boolean) => defineProgram({
  name: log ? 'logSoftmaxGrad' : 'softmaxGrad',
  inputs: ['dy', 'y', 'total'],
  ints: ['n'],
  code: ({ dy, y, total }) => ({
    body: `const $sum = ${total('quotient($i, n)')};`,
    value: log ? `${dy('$i')} - Math.exp(${y('$i')}) * $sum` : `${y('$i')} * (${dy('$i')} - $sum)`,
  }),
}));

const gradient = (log: boolean): GpuKernel => (command, bench) => {
  const [dy, y, dx] = [input(command, 0), input(command, 1), output(command, 0)];
  const [rows = 0, n = 0] = y.shape;
  if (y.size === 0) return;
  const total = bench.temporary(rows);
  if (log) reduceInto(bench, 'sum', dy, [rows, n, 1], total);
  else reduceTerms(bench, 'sum', product, { inputs: [dy, y] }, [rows, n, 1], total);
  bench.run(back(log), { inputs: [dy, y, total], ints: [n], output: dx });
};

/** dx = y (dy - sum(dy y)). */
export const softmaxGrad = gradient(false);
/** dx = dy - exp(y) sum(dy). */
export const logSoftmaxGrad = gradient(true);
