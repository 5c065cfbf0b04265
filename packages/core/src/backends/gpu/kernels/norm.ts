/** Layer and batch normalization, and their gradients. */
import type { TensorRef } from '../../executor';
import type { Workbench } from '../device';
import { defineProgram, type Operand, programFamily } from '../program';
import { channelsOf, groupTerms, type Layout, place, rowsOf, sumColumns, sumGroups } from './groups';
import { each, rowProgram, threadsOfRow } from '../wgsl/rows';
import { type GpuKernel, input, output } from './kernel';

/** Layer norm, and its gradient by the input, in one pass over each row. */
const layerNormByRow = programFamily((affine: boolean, lanes: number) => rowProgram({
  name: 'layerNorm', inputs: affine ? ['x', 'weight', 'bias'] : ['x'], floats: ['share', 'eps'], others: ['meanOf', 'rstdOf'],
  body: `
  let first = x[call.x_o + at];
  var sum = 0.0;
  ${each('sum += x[call.x_o + i] - first;')}
  let mean = first + total(sum) * call.share;
  var squares = 0.0;
  ${each('let d = x[call.x_o + i] - mean; squares += d * d;')}
  let rstd = 1.0 / sqrt(total(squares) * call.share + call.eps);
  ${each(`result[i] = (x[call.x_o + i] - mean) * rstd${affine ? ' * weight[call.weight_o + j] + bias[call.bias_o + j]' : ''};`)}
  if (lane == 0 && count > 0) { meanOf[row] = mean; rstdOf[row] = rstd; }`,
}, lanes));

const layerNormGradByRow = programFamily((affine: boolean, lanes: number) => {
  const [g, h] = [affine ? 'dy[call.dy_o + i] * weight[call.weight_o + j]' : 'dy[call.dy_o + i]', '(x[call.x_o + i] - m) * r'];
  return rowProgram({
    name: 'layerNormGrad', inputs: ['dy', 'x', 'mean', 'rstd', ...(affine ? ['weight'] : [])], floats: ['share'],
    body: `
  let m = mean[call.mean_o + row];
  let r = rstd[call.rstd_o + row];
  var sumG = 0.0;
  var sumGH = 0.0;
  ${each(`let g = ${g}; sumG += g; sumGH += g * ${h};`)}
  sumG = total(sumG) * call.share;
  sumGH = total(sumGH) * call.share;
  ${each(`result[i] = r * (${g} - sumG - ${h} * sumGH);`)}`,
  }, lanes);
});


/** Distances from the group's first element, whose sum keeps its digits where all of x is far from 0. */
const fromFirst = groupTerms('norm.mean', ['x'], ({ x }) => ({ value: `${x('$at')} - ${x('$g * b')}` }));
const squares = groupTerms('norm.variance', ['x', 'mean'], ({ x, mean }) => ({ body: `const $d = ${x('$at')} - ${mean('$g')};`, value: '$d * $d' }));

const meanOf = defineProgram({
  name: 'norm.mean', inputs: ['x', 'sum'], ints: ['b'], floats: ['share'], code: ({ x, sum }) => ({ value: `${x('$i * b')} + ${sum('$i')} * share` }),
});
const varianceOf = defineProgram({ name: 'norm.variance', inputs: ['sum'], floats: ['share'], code: ({ sum }) => ({ value: `${sum('$i')} * share` }) });
const rootOf = defineProgram({ name: 'norm.rstd', inputs: ['v'], floats: ['eps'], code: ({ v }) => ({ value: `1 / Math.sqrt(${v('$i')} + eps)` }) });

/** The statistics in two passes, so that a large mean does not swallow the variance. */
function statistics(bench: Workbench, x: TensorRef, layout: Layout, mean: Operand, variance: Operand): void {
  const share = 1 / (layout.a * layout.b);
  const sum = bench.temporary(layout.groups);
  sumGroups(bench, fromFirst, [x], layout, sum);
  bench.run(meanOf, { inputs: [x, sum], ints: [layout.b], floats: [share], output: mean });
  sumGroups(bench, squares, [x, mean], layout, sum);
  bench.run(varianceOf, { inputs: [sum], floats: [share], output: variance });
}

const normalized = programFamily((byColumn: boolean, affine: boolean) => defineProgram({
  name: 'norm.apply',
  inputs: ['x', 'mean', 'rstd', ...(affine ? ['weight', 'bias'] : [])],
  ints: ['groups', 'b'],
  code: (read) => ({
    body: place(byColumn),
    value: `(${read['x']?.('$i')} - ${read['mean']?.('$g')}) * ${read['rstd']?.('$g')}${affine ? ` * ${read['weight']?.('$f')} + ${read['bias']?.('$f')}` : ''}`,
  }),
}));

function normalize(bench: Workbench, [x, ...affine]: readonly TensorRef[], eps: number, layout: Layout, stats: { mean: Operand; variance: Operand; rstd: Operand }, y: Operand): void {
  if (!x || x.size === 0) return;
  const { mean, variance, rstd } = stats;
  statistics(bench, x, layout, mean, variance);
  bench.run(rootOf, { inputs: [variance], floats: [eps], output: rstd });
  bench.run(normalized(layout.byColumn, affine.length > 0), { inputs: [x, mean, rstd, ...affine], ints: [layout.groups, layout.b], output: y });
}

/** x [rows, n], weight? [n], bias? [n] -> y, mean [rows], rstd [rows]. */
export const layerNorm: GpuKernel = (command, bench) => {
  const [y, mean, rstd] = [output(command, 0), output(command, 1), output(command, 2)];
  const [rows = 0, n = 0] = y.shape;
  const lanes = threadsOfRow(bench.device.wgsl, rows, n);
  if (lanes > 0 && y.size > 0) {
    bench.run(layerNormByRow(command.inputs.length > 1, lanes), { inputs: command.inputs, ints: [n], floats: [1 / n, command.scalars[0] ?? 0], output: y, others: [mean, rstd] });
    return;
  }
  normalize(bench, command.inputs, command.scalars[0] ?? 0, rowsOf(input(command, 0)), { mean, variance: bench.temporary(mean.size), rstd }, y);
};

/** x [N, C, S], weight? [C], bias? [C] -> y, mean [C], variance [C]. */
export const batchNorm: GpuKernel = (command, bench) => {
  const [y, mean, variance] = [output(command, 0), output(command, 1), output(command, 2)];
  normalize(bench, command.inputs, command.scalars[0] ?? 0, channelsOf(input(command, 0)), { mean, variance, rstd: bench.temporary(mean.size) }, y);
};

/** The normalized x. */
const unit = (x: string, mean: string, rstd: string): string => `(${x} - ${mean}) * ${rstd}`;

/** dy, and dy h with h = (x - mean) rstd; the weighted ones where the weight differs within a group. */
const plain = groupTerms('normGrad.dy', ['dy'], ({ dy }) => ({ value: dy('$at') }));
const products = groupTerms('normGrad.dyh', ['dy', 'x', 'mean', 'rstd'], ({ dy, x, mean, rstd }) => ({ value: `${dy('$at')} * ${unit(x('$at'), mean('$g'), rstd('$g'))}` }));
const weighted = groupTerms('normGrad.g', ['dy', 'weight'], ({ dy, weight }) => ({ value: `${dy('$at')} * ${weight('$c')}` }));
const weightedProducts = groupTerms('normGrad.gh', ['dy', 'x', 'mean', 'rstd', 'weight'], ({ dy, x, mean, rstd, weight }) =>
  ({ value: `${dy('$at')} * ${weight('$c')} * ${unit(x('$at'), mean('$g'), rstd('$g'))}` }));

/** dx = rstd (w dy - sumG share - h sumGH share), the sums weighted already; or weight rstd (dy - …) where they are not. */
const toInput = programFamily((byColumn: boolean, affine: boolean) => defineProgram({
  name: 'normGrad.input',
  inputs: ['dy', 'x', 'mean', 'rstd', 'sumG', 'sumGH', ...(affine ? ['weight'] : [])],
  ints: ['groups', 'b'],
  floats: ['share'],
  code: (read) => ({
    body: `${place(byColumn)}
      const $r = ${read['rstd']?.('$g')};
      const $w = ${affine ? read['weight']?.('$f') : '1'};
      const $dy = ${read['dy']?.('$i')};
      const $h = ${unit(read['x']?.('$i') ?? '', read['mean']?.('$g') ?? '', '$r')};
      const $mean = (${read['sumG']?.('$g')} + $h * ${read['sumGH']?.('$g')}) * share;`,
    value: byColumn ? '$r * ($w * $dy - $mean)' : '$r * $w * ($dy - $mean)',
  }),
}));

/** dy, x, mean [rows], rstd [rows], weight? [n] -> dx, and with a weight dweight [n], dbias [n]. */
export const layerNormGrad: GpuKernel = (command, bench) => {
  const [dy, x, mean, rstd, weight] = [input(command, 0), input(command, 1), input(command, 2), input(command, 3), command.inputs[4]];
  const layout = rowsOf(x);
  const { groups, b } = layout;
  const lanes = threadsOfRow(bench.device.wgsl, groups, b);
  const inputs = [dy, x, mean, rstd, ...(weight ? [weight] : [])];
  if (lanes > 0) {
    bench.run(layerNormGradByRow(weight !== undefined, lanes), { inputs, ints: [b], floats: [1 / b], output: output(command, 0) });
  } else {
    const [sumG, sumGH] = [bench.temporary(groups), bench.temporary(groups)];
    sumGroups(bench, weight ? weighted : plain, weight ? [dy, weight] : [dy], layout, sumG);
    sumGroups(bench, weight ? weightedProducts : products, inputs, layout, sumGH);
    bench.run(toInput(true, weight !== undefined), { inputs: [dy, x, mean, rstd, sumG, sumGH, ...(weight ? [weight] : [])], ints: [groups, b], floats: [1 / b], output: output(command, 0) });
  }
  if (!weight) return;
  sumColumns(bench, products, [dy, x, mean, rstd], layout, output(command, 1));
  sumColumns(bench, plain, [dy], layout, output(command, 2));
};

/** dy, x, mean [C], variance [C], weight? [C] -> dx, and with a weight dweight [C], dbias [C]. */
export const batchNormGrad: GpuKernel = (command, bench) => {
  const [dy, x, mean, variance, weight] = [input(command, 0), input(command, 1), input(command, 2), input(command, 3), command.inputs[4]];
  const layout = channelsOf(x);
  const { a, groups, b } = layout;
  const rstd = bench.temporary(groups);
  bench.run(rootOf, { inputs: [variance], floats: [command.scalars[0] ?? 0], output: rstd });
  const [dweight, dbias] = weight ? [output(command, 1), output(command, 2)] : [bench.temporary(groups), bench.temporary(groups)];
  sumGroups(bench, plain, [dy], layout, dbias);
  sumGroups(bench, products, [dy, x, mean, rstd], layout, dweight);
  bench.run(toInput(false, weight !== undefined), { inputs: [dy, x, mean, rstd, dbias, dweight, ...(weight ? [weight] : [])], ints: [groups, b], floats: [1 / (a * b)], output: output(command, 0) });
};
