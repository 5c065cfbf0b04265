/** Softmax, its logarithm and their gradients over the rows of [rows, n]. */
import type { Workbench } from '../device';
import { defineProgram, type Operand, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';
import { reduceInto, reduceTerms, reducible } from './reduce';
import { each, type RowKernel, rowProgram, threadsOfRow } from '../wgsl/rows';

const exponentialsInWgsl = `
  var most = -3.4e38;
  ${each('most = max(most, x[call.x_o + i]);')}
  most = top(most);
  var sum = 0.0;
  ${each('sum += exp(x[call.x_o + i] - most);')}
  sum = total(sum);`;

/** Each in one pass. */
const rowKernels = {
  softmax: { name: 'softmax', inputs: ['x'], body: `${exponentialsInWgsl}\n${each('result[i] = exp(x[call.x_o + i] - most) / sum;')}` },
  logSoftmax: { name: 'logSoftmax', inputs: ['x'], body: `${exponentialsInWgsl}\nlet rest = log(sum);\n${each('result[i] = x[call.x_o + i] - most - rest;')}` },
  softmaxGrad: {
    name: 'softmaxGrad', inputs: ['dy', 'y'],
    body: `var sum = 0.0;\n${each('sum += dy[call.dy_o + i] * y[call.y_o + i];')}\nsum = total(sum);\n${each('result[i] = y[call.y_o + i] * (dy[call.dy_o + i] - sum);')}`,
  },
  logSoftmaxGrad: {
    name: 'logSoftmaxGrad', inputs: ['dy', 'y'],
    body: `var sum = 0.0;\n${each('sum += dy[call.dy_o + i];')}\nsum = total(sum);\n${each('result[i] = dy[call.dy_o + i] - exp(y[call.y_o + i]) * sum;')}`,
  },
} satisfies Record<string, RowKernel>;

const byRow = programFamily((name: keyof typeof rowKernels, lanes: number) => rowProgram(rowKernels[name], lanes));

/** Runs a kernel in one pass where the device has WGSL for it; otherwise returns false. */
function inOnePass(bench: Workbench, name: keyof typeof rowKernels, inputs: readonly Operand[], [rows, n]: readonly [number, number], y: Operand): boolean {
  const lanes = threadsOfRow(bench.device.wgsl, rows, n);
  if (lanes > 0) bench.run(byRow(name, lanes), { inputs, ints: [n], output: y });
  return lanes > 0;
}

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
  if (x.size === 0 || inOnePass(bench, 'softmax', [x], [rows, n], output(command, 0))) return;
  const { e, total } = exponentials(bench, x, rows, n);
  bench.run(share, { inputs: [e, total], ints: [n], output: output(command, 0) });
};

export const logSoftmax: GpuKernel = (command, bench) => {
  const x = input(command, 0);
  const [rows = 0, n = 0] = x.shape;
  if (x.size === 0 || inOnePass(bench, 'logSoftmax', [x], [rows, n], output(command, 0))) return;
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
  if (y.size === 0 || inOnePass(bench, log ? 'logSoftmaxGrad' : 'softmaxGrad', [dy, y], [rows, n], dx)) return;
  const total = bench.temporary(rows);
  if (log) reduceInto(bench, 'sum', dy, [rows, n, 1], total);
  else reduceTerms(bench, 'sum', product, { inputs: [dy, y] }, [rows, n, 1], total);
  bench.run(back(log), { inputs: [dy, y, total], ints: [n], output: dx });
};

/** dx = y (dy - sum(dy y)). */
export const softmaxGrad = gradient(false);
/** dx = dy - exp(y) sum(dy). */
export const logSoftmaxGrad = gradient(true);
