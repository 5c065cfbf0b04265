/** Convolution over three spatial axes and its two adjoints, straight from the definition: no columns are laid out in memory. */
import type { ConvAttrs } from '../../../kernels/structured';
import type { TensorRef } from '../../executor';
import { coordinates, sizeNames } from '../axes';
import { defineProgram, type Operand } from '../program';
import { type GpuKernel, input, output } from './kernel';
import { reduceInto } from './reduce';

const axes = ['D', 'H', 'W'] as const;
const each = (...letters: readonly string[]): string[] => letters.flatMap((letter) => axes.map((axis) => `${letter}${axis}`));
/** Sizes of the input, kernel and output, then stride, padding, dilation. */
const spatial = each('x', 'k', 'y', 's', 'p', 'd');

const settings = (x: TensorRef, weight: TensorRef, y: TensorRef, { stride, padding, dilation }: ConvAttrs): number[] =>
  [...x.shape.slice(2), ...weight.shape.slice(2), ...y.shape.slice(2), ...stride, ...padding, ...dilation];

const attrsOf = (command: { readonly attrs: unknown }): ConvAttrs => command.attrs as ConvAttrs;

/** Loops over the kernel's cells `$kD`, `$kH`, `$kW` around `inner`, with `before` ahead of each. */
const overKernel = (before: (axis: string) => string, inner: string): string => `
  for (let $kD = 0; $kD < kD; $kD++) {
    ${before('D')}
    for (let $kH = 0; $kH < kH; $kH++) {
      ${before('H')}
      for (let $kW = 0; $kW < kW; $kW++) {
        ${before('W')}
        ${inner}
      }
    }
  }`;

const forward = defineProgram({
  name: 'conv',
  inputs: ['x', 'weight'],
  ints: [...sizeNames(5), 'channels', 'perGroup', 'outputs', ...spatial],
  code: ({ x, weight }) => ({
    body: `
      ${coordinates(5)}
      const $first = quotient($c1, outputs) * perGroup;
      let $total = 0;
      for (let $c = 0; $c < perGroup; $c++) {
        ${overKernel(
          (axis) => `const $x${axis} = $c${2 + axes.indexOf(axis as 'D')} * s${axis} - p${axis} + $k${axis} * d${axis};`,
          `if (${axes.map((axis) => `$x${axis} >= 0 && $x${axis} < x${axis}`).join(' && ')}) {
            $total = $total + ${x('((($c0 * channels + $first + $c) * xD + $xD) * xH + $xH) * xW + $xW')} * ${weight('((($c1 * perGroup + $c) * kD + $kD) * kH + $kH) * kW + $kW')};
          }`,
        )}
      }`,
    value: '$total',
  }),
});

/** x [N, C, D, H, W], weight [O, C/groups, kD, kH, kW] -> y [N, O, ...]. */
export const conv: GpuKernel = (command, bench) => {
  const [x, weight, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const attrs = attrsOf(command);
  bench.run(forward, {
    inputs: [x, weight],
    ints: [...y.shape.slice(1), x.shape[1] ?? 0, weight.shape[1] ?? 0, (weight.shape[0] ?? 0) / attrs.groups, ...settings(x, weight, y, attrs)],
    output: y,
  });
};

const toInput = defineProgram({
  name: 'convInputGrad',
  inputs: ['dy', 'weight'],
  ints: [...sizeNames(5), 'perGroup', 'outputs', 'allOutputs', ...spatial],
  code: ({ dy, weight }) => ({
    // Cell k of the kernel took part where (x + padding - k dilation) is a multiple of the stride.
    body: `
      ${coordinates(5)}
      const $group = quotient($c1, perGroup);
      const $c = $c1 - $group * perGroup;
      let $total = 0;
      ${overKernel(
        (axis) => {
          const from = `$t${axis} = $c${2 + axes.indexOf(axis as 'D')} + p${axis} - $k${axis} * d${axis}`;
          return `const ${from};\nconst $y${axis} = quotient($t${axis}, s${axis});`;
        },
        `if (${axes.map((axis) => `$t${axis} >= 0 && $y${axis} < y${axis} && $y${axis} * s${axis} == $t${axis}`).join(' && ')}) {
          for (let $o = 0; $o < outputs; $o++) {
            const $out = $group * outputs + $o;
            $total = $total + ${dy('((($c0 * allOutputs + $out) * yD + $yD) * yH + $yH) * yW + $yW')} * ${weight('((($out * perGroup + $c) * kD + $kD) * kH + $kH) * kW + $kW')};
          }
        }`,
      )}`,
    value: '$total',
  }),
});

/** dy [N, O, ...], weight -> dx. */
export const convInputGrad: GpuKernel = (command, bench) => {
  const [dy, weight, dx] = [input(command, 0), input(command, 1), output(command, 0)];
  const attrs = attrsOf(command);
  const outputs = weight.shape[0] ?? 0;
  bench.run(toInput, {
    inputs: [dy, weight],
    ints: [...dx.shape.slice(1), weight.shape[1] ?? 0, outputs / attrs.groups, outputs, ...settings(dx, weight, dy, attrs)],
    output: dx,
  });
};

/** Partial sums over `images` images each: [parts, O, C/groups, kD, kH, kW]. */
const toWeight = defineProgram({
  name: 'convWeightGrad',
  inputs: ['x', 'dy'],
  ints: [...sizeNames(6), 'batch', 'images', 'channels', 'outputs', ...spatial],
  code: ({ x, dy }) => ({
    body: `
      ${coordinates(6)}
      const $channel = quotient($c1, outputs) * n2 + $c2;
      const $count = Math.min(images, batch - $c0 * images);
      let $total = 0;
      for (let $m = 0; $m < $count; $m++) {
        const $n = $c0 * images + $m;
        for (let $yD = 0; $yD < yD; $yD++) {
          const $xD = $yD * sD - pD + $c3 * dD;
          for (let $yH = 0; $yH < yH; $yH++) {
            const $xH = $yH * sH - pH + $c4 * dH;
            for (let $yW = 0; $yW < yW; $yW++) {
              const $xW = $yW * sW - pW + $c5 * dW;
              if (${axes.map((axis) => `$x${axis} >= 0 && $x${axis} < x${axis}`).join(' && ')}) {
                $total = $total + ${x('((($n * channels + $channel) * xD + $xD) * xH + $xH) * xW + $xW')} * ${dy('((($n * n1 + $c1) * yD + $yD) * yH + $yH) * yW + $yW')};
              }
            }
          }
        }
      }`,
    value: '$total',
  }),
});

/** Threads that keep a machine busy; a small weight is given so many by splitting the batch. */
const ENOUGH_THREADS = 65536;

/** x, dy -> dweight. */
export const convWeightGrad: GpuKernel = (command, bench) => {
  const [x, dy, dweight] = [input(command, 0), input(command, 1), output(command, 0)];
  const attrs = attrsOf(command);
  const batch = x.shape[0] ?? 0;
  const parts = Math.max(1, Math.min(batch, Math.ceil(ENOUGH_THREADS / Math.max(dweight.size, 1))));
  const images = Math.max(1, Math.ceil(batch / parts));
  const groups = Math.max(1, Math.ceil(batch / images));
  const partial: Operand = groups === 1 ? dweight : bench.temporary(groups * dweight.size);
  bench.run(toWeight, {
    inputs: [x, dy],
    ints: [...dweight.shape, batch, images, x.shape[1] ?? 0, (dweight.shape[0] ?? 0) / attrs.groups, ...settings(x, dweight, dy, attrs)],
    output: partial,
  });
  if (groups > 1) reduceInto(bench, 'sum', partial, [1, groups, dweight.size], dweight);
};
