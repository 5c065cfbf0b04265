/** Layer and batch normalization. Both average over a line of [outer, n, inner]; they differ in which axes are which. */
import type { TensorRef } from '../../executor';
import type { Workbench } from '../device';
import { defineProgram, type Operand, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';
import { reduceInto } from './reduce';

/** x [a, groups, b]: layer norm's rows are [1, rows, n], batch norm's channels [N, C, S]. */
interface Layout { readonly a: number; readonly groups: number; readonly b: number; /** Weights go by the last axis, or by the group. */ readonly byColumn: boolean }

const rowsOf = (x: TensorRef): Layout => ({ a: 1, groups: x.shape[0] ?? 0, b: x.shape[1] ?? 0, byColumn: true });
const channelsOf = (x: TensorRef): Layout => ({ a: x.shape[0] ?? 0, groups: x.shape[1] ?? 0, b: x.shape[2] ?? 0, byColumn: false });

/** The group of element i of [a, groups, b], and its weight's index. */
const group = `
  const $line = quotient($i, b);
  const $g = $line - quotient($line, groups) * groups;`;
const feature = (byColumn: boolean): string => (byColumn ? '$i - $line * b' : '$g');

const scaled = defineProgram({ name: 'norm.mean', inputs: ['x'], floats: ['factor'], code: ({ x }) => ({ value: `${x('$i')} * factor` }) });
const rootOf = defineProgram({ name: 'norm.rstd', inputs: ['v'], floats: ['eps'], code: ({ v }) => ({ value: `1 / Math.sqrt(${v('$i')} + eps)` }) });
const centeredSquare = defineProgram({
  name: 'norm.square',
  inputs: ['x', 'mean'],
  ints: ['groups', 'b'],
  code: ({ x, mean }) => ({ body: `${group}\nconst $d = ${x('$i')} - ${mean('$g')};`, value: '$d * $d' }),
});

/** Sums over everything but the groups, times a factor: [groups]. */
function average(bench: Workbench, x: Operand, { a, groups, b }: Layout, factor: number, y: Operand): void {
  const [lines, sums] = [bench.temporary(a * groups), bench.temporary(groups)];
  reduceInto(bench, 'sum', x, [a * groups, b, 1], lines);
  reduceInto(bench, 'sum', lines, [1, a, groups], sums);
  bench.run(scaled, { inputs: [sums], floats: [factor], output: y });
}

/** The statistics in two passes, so that a large mean does not swallow the variance. */
function statistics(bench: Workbench, x: TensorRef, layout: Layout, mean: Operand, variance: Operand): void {
  const { a, groups, b } = layout;
  const squares = bench.temporary(x.size);
  average(bench, x, layout, 1 / (a * b), mean);
  bench.run(centeredSquare, { inputs: [x, mean], ints: [groups, b], output: squares });
  average(bench, squares, layout, 1 / (a * b), variance);
}

const normalized = programFamily((byColumn: boolean, affine: boolean) => defineProgram({
  name: 'norm.apply',
  inputs: ['x', 'mean', 'rstd', ...(affine ? ['weight', 'bias'] : [])],
  ints: ['groups', 'b'],
  code: (read) => ({
    body: `${group}\nconst $f = ${feature(byColumn)};`,
    value: `(${read['x']?.('$i')} - ${read['mean']?.('$g')}) * ${read['rstd']?.('$g')}${affine ? ` * ${read['weight']?.('$f')} + ${read['bias']?.('$f')}` : ''}`,
  }),
}));

function apply(bench: Workbench, inputs: readonly TensorRef[], layout: Layout, mean: Operand, rstd: Operand, y: Operand): void {
  const [x, weight, bias] = inputs as [TensorRef, TensorRef | undefined, TensorRef | undefined];
  const affine = weight && bias ? [weight, bias] : [];
  bench.run(normalized(layout.byColumn, affine.length > 0), { inputs: [x, mean, rstd, ...affine], ints: [layout.groups, layout.b], output: y });
}

export const layerNorm: GpuKernel = (command, bench) => {
  const [x, y, mean, rstd] = [input(command, 0), output(command, 0), output(command, 1), output(command, 2)];
  if (x.size === 0) return;
  const [layout, variance] = [rowsOf(x), bench.temporary(mean.size)];
  statistics(bench, x, layout, mean, variance);
  bench.run(rootOf, { inputs: [variance], floats: [command.scalars[0] ?? 0], output: rstd });
  apply(bench, command.inputs, layout, mean, rstd, y);
};

export const batchNorm: GpuKernel = (command, bench) => {
  const [x, y, mean, variance] = [input(command, 0), output(command, 0), output(command, 1), output(command, 2)];
  if (x.size === 0) return;
  const [layout, rstd] = [channelsOf(x), bench.temporary(mean.size)];
  statistics(bench, x, layout, mean, variance);
  bench.run(rootOf, { inputs: [variance], floats: [command.scalars[0] ?? 0], output: rstd });
  apply(bench, command.inputs, layout, mean, rstd, y);
};

/** dy h with h = (x - mean) rstd. */
const product = defineProgram({
  name: 'normGrad.product',
  inputs: ['dy', 'x', 'mean', 'rstd'],
  ints: ['groups', 'b'],
  code: ({ dy, x, mean, rstd }) => ({ body: group, value: `${dy('$i')} * (${x('$i')} - ${mean('$g')}) * ${rstd('$g')}` }),
});

const weighted = programFamily((byColumn: boolean) => defineProgram({
  name: 'normGrad.weighted',
  inputs: ['dy', 'weight'],
  ints: ['groups', 'b'],
  code: ({ dy, weight }) => ({ body: group, value: `${dy('$i')} * ${weight(feature(byColumn))}` }),
}));

const toInput = defineProgram({
  name: 'normGrad.input',
  inputs: ['g', 'x', 'mean', 'rstd', 'meanG', 'meanGH'],
  ints: ['groups', 'b'],
  code: ({ g, x, mean, rstd, meanG, meanGH }) => ({
    body: `${group}\nconst $r = ${rstd('$g')};\nconst $h = (${x('$i')} - ${mean('$g')}) * $r;`,
    value: `$r * (${g('$i')} - ${meanG('$g')} - $h * ${meanGH('$g')})`,
  }),
});

/** With g = dy weight: dx = rstd (g - mean(g) - h mean(g h)); dweight = sum dy h, dbias = sum dy. */
function gradient(bench: Workbench, layout: Layout, refs: { dy: TensorRef; x: TensorRef; mean: Operand; rstd: Operand; weight: TensorRef | undefined }, outputs: readonly TensorRef[]): void {
  const { a, groups, b, byColumn } = layout;
  const { dy, x, mean, rstd, weight } = refs;
  const [dx, dweight, dbias] = outputs as [TensorRef, TensorRef | undefined, TensorRef | undefined];
  const ints = [groups, b];
  let g: Operand = dy;
  if (weight) {
    g = bench.temporary(x.size);
    bench.run(weighted(byColumn), { inputs: [dy, weight], ints, output: g });
  }
  const [products, meanG, meanGH] = [bench.temporary(x.size), bench.temporary(groups), bench.temporary(groups)];
  bench.run(product, { inputs: [g, x, mean, rstd], ints, output: products });
  average(bench, g, layout, 1 / (a * b), meanG);
  average(bench, products, layout, 1 / (a * b), meanGH);
  bench.run(toInput, { inputs: [g, x, mean, rstd, meanG, meanGH], ints, output: dx });
  if (!dweight || !dbias) return;
  bench.run(product, { inputs: [dy, x, mean, rstd], ints, output: products });
  const sum = (from: Operand, to: Operand): void => {
    if (byColumn) reduceInto(bench, 'sum', from, [1, groups, b], to);
    else average(bench, from, layout, 1, to);
  };
  sum(products, dweight);
  sum(dy, dbias);
}

export const layerNormGrad: GpuKernel = (command, bench) => {
  const [dy, x, mean, rstd] = [input(command, 0), input(command, 1), input(command, 2), input(command, 3)];
  gradient(bench, rowsOf(x), { dy, x, mean, rstd, weight: command.inputs[4] }, command.outputs);
};

export const batchNormGrad: GpuKernel = (command, bench) => {
  const [dy, x, mean, variance] = [input(command, 0), input(command, 1), input(command, 2), input(command, 3)];
  const rstd = bench.temporary(variance.size);
  bench.run(rootOf, { inputs: [variance], floats: [command.scalars[0] ?? 0], output: rstd });
  gradient(bench, channelsOf(x), { dy, x, mean, rstd, weight: command.inputs[4] }, command.outputs);
};
