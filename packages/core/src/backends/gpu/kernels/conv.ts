/** Convolution over three spatial axes and its two adjoints, straight from the definition: no columns are laid out in memory. */
import type { ConvAttrs } from '../../../kernels/structured';
import type { TensorRef } from '../../executor';
import type { Workbench } from '../device';
import { coordinates, sizeNames } from '../axes';
import { defineProgram, type Operand, type ProgramCall, programFamily } from '../program';
import { convInputGradInWgsl, convInWgsl, convWeightGradInWgsl } from '../wgsl/conv';
import { chooseTile, inRegisters, type Tile, tileCount } from '../wgsl/tiles';
import { convByBlocks, convWeightGradByBlocks, type Convolution } from './conv-blocks';
import { type GpuKernel, input, output } from './kernel';
import { reduceInto } from './reduce';

const axes = ['D', 'H', 'W'] as const;
const each = (...letters: readonly string[]): string[] => letters.flatMap((letter) => axes.map((axis) => `${letter}${axis}`));
/** Sizes of the input, kernel and output, then stride, padding, dilation. */
const spatial = each('x', 'k', 'y', 's', 'p', 'd');

const settings = (x: TensorRef, weight: TensorRef, y: TensorRef, { stride, padding, dilation }: ConvAttrs): number[] =>
  [...x.shape.slice(2), ...weight.shape.slice(2), ...y.shape.slice(2), ...stride, ...padding, ...dilation];

/** Of x, or dx, and weight, or its gradient. */
const convolutionOf = (x: TensorRef, weight: TensorRef, y: TensorRef, attrs: ConvAttrs): Convolution => ({
  batch: x.shape[0] ?? 0, groups: attrs.groups, channels: weight.shape[1] ?? 0, outputs: (weight.shape[0] ?? 0) / attrs.groups, spatial: settings(x, weight, y, attrs),
});

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

const lanes = [0, 1, 2, 3];
/** Positions of the whole batch are columns, a group's channels rows. */
const sizeOf = (m: 'outputs' | 'perGroup') => ({ ints = [], output: { size } }: ProgramCall): [number, number, number] => {
  // After n1 … n4 and the batch: channels (of the forward pass), perGroup, outputs.
  const channels = ints[0] ?? 0;
  const rows = (m === 'outputs' ? ints[7] : ints[5]) ?? 0;
  return [channels / rows, rows, size / channels];
};

const zeros = lanes.map((l) => `let $total${l} = 0;`).join('\n');
const totals = lanes.map((l) => `$total${l}`);

/** Rows and columns, and elements of a product, below which most of a tile would be empty. */
const LEAST_TILED = 8;
const LEAST_ELEMENTS = 256;
/** Rows below which most of a thread's registers would be. */
const LEAST_ROWS = 3;

/** The tile of WGSL's product; its rows are 0 where gpu.js's kernel runs. */
const tileFor = ({ device: { wgsl } }: Workbench, matrices: number, m: number, n: number): Tile => {
  const worthIt = wgsl === 'registers' ? m >= LEAST_ROWS : m >= LEAST_TILED && n >= LEAST_TILED && m * n >= LEAST_ELEMENTS;
  return wgsl && worthIt ? chooseTile(wgsl, matrices, m, n) : { rows: 0, columns: 0 };
};

const volume = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** `joined`: the rows of y have a multiple of 4 elements, so that a thread's four are neighbours and share the weights they read. */
const forward = programFamily((joined: boolean, wide: boolean, rows: number, across: number) => {
  const place = `
    ${coordinates(5)}
    const $first = quotient($c1, outputs) * perGroup;`;
  const cell = (axis: string): string => `const $x${axis} = $c${2 + axes.indexOf(axis as 'D')} * s${axis} - p${axis} + $k${axis} * d${axis};`;
  const xRow = '((($c0 * channels + $first + $c) * xD + $xD) * xH + $xH) * xW';
  const weightAt = '((($c1 * perGroup + $c) * kD + $kD) * kH + $kH) * kW + $kW';
  return defineProgram({
    name: 'conv',
    inputs: ['x', 'weight'],
    ints: [...sizeNames(5), 'batch', 'channels', 'perGroup', 'outputs', ...spatial],
    code: ({ x, weight }) => ({
      body: `
        ${place}
        let $total = 0;
        for (let $c = 0; $c < perGroup; $c++) {
          ${overKernel(cell, `
            if (${axes.map((axis) => `$x${axis} >= 0 && $x${axis} < x${axis}`).join(' && ')}) {
              $total = $total + ${x(`${xRow} + $xW`)} * ${weight(weightAt)};
            }`)}
        }`,
      value: '$total',
    }),
    four: joined ? ({ x, weight }) => ({
      body: `
        ${place}
        ${zeros}
        for (let $c = 0; $c < perGroup; $c++) {
          ${overKernel(cell, `
            if ($xD >= 0 && $xD < xD && $xH >= 0 && $xH < xH) {
              const $w = ${weight(weightAt)};
              const $row = ${xRow};
              ${lanes.map((l) => `
              const $x${l} = $xW + ${l} * sW;
              if ($x${l} >= 0 && $x${l} < xW) { $total${l} = $total${l} + ${x(`$row + $x${l}`)} * $w; }`).join('')}
            }`)}
        }`,
      values: totals,
    }) : undefined,
    wgsl: rows === 0 ? undefined : convInWgsl({ tile: { rows, columns: across }, wide, size: sizeOf('outputs') }),
  });
});

/** x [N, C, D, H, W], weight [O, C/groups, kD, kH, kW] -> y [N, O, ...]. */
export const conv: GpuKernel = (command, bench) => {
  const [x, weight, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const attrs = attrsOf(command);
  if (convByBlocks(bench, false, x, weight, y, convolutionOf(x, weight, y, attrs))) return;
  const [batch = 0, , ...place] = y.shape;
  const outputs = (weight.shape[0] ?? 0) / attrs.groups;
  const tile = tileFor(bench, attrs.groups, outputs, batch * volume(place));
  bench.run(forward((place[2] ?? 0) % 4 === 0, tile.rows > 0 && volume(place) % 4 === 0, tile.rows, tile.columns), {
    inputs: [x, weight],
    ints: [...y.shape.slice(1), batch, x.shape[1] ?? 0, weight.shape[1] ?? 0, outputs, ...settings(x, weight, y, attrs)],
    output: y,
  });
};

/** `joined`: as of `forward`, with the rows of dx. */
const toInput = programFamily((joined: boolean, wide: boolean, rows: number, across: number) => {
  const place = `
    ${coordinates(5)}
    const $group = quotient($c1, perGroup);
    const $c = $c1 - $group * perGroup;`;
  // Cell k of the kernel took part where (x + padding - k dilation) is a multiple of the stride.
  const from = (axis: string): string => `const $t${axis} = $c${2 + axes.indexOf(axis as 'D')} + p${axis} - $k${axis} * d${axis};`;
  const cell = (axis: string): string => `${from(axis)}\nconst $y${axis} = quotient($t${axis}, s${axis});`;
  const within = (t: string, y: string, axis: string): string => `${t} >= 0 && ${y} < y${axis} && ${y} * s${axis} == ${t}`;
  const dyRow = '((($c0 * allOutputs + $out) * yD + $yD) * yH + $yH) * yW';
  const weightAt = '((($out * perGroup + $c) * kD + $kD) * kH + $kH) * kW + $kW';
  return defineProgram({
    name: 'convInputGrad',
    inputs: ['dy', 'weight'],
    ints: [...sizeNames(5), 'batch', 'perGroup', 'outputs', 'allOutputs', ...spatial],
    code: ({ dy, weight }) => ({
      body: `
        ${place}
        let $total = 0;
        ${overKernel(cell, `
          if (${axes.map((axis) => within(`$t${axis}`, `$y${axis}`, axis)).join(' && ')}) {
            for (let $o = 0; $o < outputs; $o++) {
              const $out = $group * outputs + $o;
              $total = $total + ${dy(`${dyRow} + $yW`)} * ${weight(weightAt)};
            }
          }`)}`,
      value: '$total',
    }),
    four: joined ? ({ dy, weight }) => ({
      body: `
        ${place}
        ${zeros}
        ${overKernel((axis) => (axis === 'W' ? from(axis) : cell(axis)), `
          if (${['D', 'H'].map((axis) => within(`$t${axis}`, `$y${axis}`, axis)).join(' && ')}) {
            ${lanes.map((l) => `
            const $t${l} = $tW + ${l};
            const $y${l} = quotient($t${l}, sW);
            let $in${l} = 0;
            if (${within(`$t${l}`, `$y${l}`, 'W')}) { $in${l} = 1; }`).join('')}
            for (let $o = 0; $o < outputs; $o++) {
              const $out = $group * outputs + $o;
              const $w = ${weight(weightAt)};
              const $row = ${dyRow};
              ${lanes.map((l) => `if ($in${l} > 0) { $total${l} = $total${l} + ${dy(`$row + $y${l}`)} * $w; }`).join('\n')}
            }
          }`)}`,
      values: totals,
    }) : undefined,
    wgsl: rows === 0 ? undefined : convInputGradInWgsl({ tile: { rows, columns: across }, wide, size: sizeOf('perGroup') }),
  });
});

/** dy [N, O, ...], weight -> dx. */
export const convInputGrad: GpuKernel = (command, bench) => {
  const [dy, weight, dx] = [input(command, 0), input(command, 1), output(command, 0)];
  const attrs = attrsOf(command);
  if (convByBlocks(bench, true, dy, weight, dx, convolutionOf(dx, weight, dy, attrs))) return;
  const outputs = weight.shape[0] ?? 0;
  const [batch = 0, , ...place] = dx.shape;
  const perGroup = weight.shape[1] ?? 0;
  const tile = tileFor(bench, attrs.groups, perGroup, batch * volume(place));
  bench.run(toInput((place[2] ?? 0) % 4 === 0, tile.rows > 0 && volume(place) % 4 === 0, tile.rows, tile.columns), {
    inputs: [dy, weight],
    ints: [...dx.shape.slice(1), batch, perGroup, outputs / attrs.groups, outputs, ...settings(dx, weight, dy, attrs)],
    output: dx,
  });
};

/** Partial sums over `images` images each: [parts, O, C/groups, kD, kH, kW]. */
const toWeight = programFamily((wide: boolean, rows: number, across: number) => defineProgram({
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
  wgsl: rows === 0 ? undefined : convWeightGradInWgsl({
    tile: { rows, columns: across }, wide,
    // n1 … n5 are the weight's sizes but for the first, then batch, images, channels, outputs.
    size: ({ ints: [, perGroup = 0, kD = 0, kH = 0, kW = 0, , , , outputs = 0] = [], output: { size } }) => {
      const n = perGroup * kD * kH * kW;
      return [size / (outputs * n), outputs, n];
    },
  }),
}));

/** Threads, tiles, or threads with a block of registers, that keep a machine busy; a small weight is given so many by splitting the batch. */
const ENOUGH_THREADS = 65536;
const ENOUGH_TILES = 64;
const ENOUGH_BLOCKS = 4096;

/** x, dy -> dweight. */
export const convWeightGrad: GpuKernel = (command, bench) => {
  const [x, dy, dweight] = [input(command, 0), input(command, 1), output(command, 0)];
  const attrs = attrsOf(command);
  const batch = x.shape[0] ?? 0;
  const outputs = (dweight.shape[0] ?? 0) / attrs.groups;
  const sums = volume(dweight.shape.slice(1));
  const tile = tileFor(bench, attrs.groups, outputs, sums);
  const wanted = tile.rows > 0 ? (inRegisters(tile) ? ENOUGH_BLOCKS : ENOUGH_TILES) / tileCount(tile, attrs.groups, outputs, sums) : ENOUGH_THREADS / Math.max(dweight.size, 1);
  const parts = Math.max(1, Math.min(batch, Math.ceil(wanted)));
  const images = Math.max(1, Math.ceil(batch / parts));
  if (convWeightGradByBlocks(bench, x, dy, dweight, images, convolutionOf(x, dweight, dy, attrs))) return;
  const groups = Math.max(1, Math.ceil(batch / images));
  const partial: Operand = groups === 1 ? dweight : bench.temporary(groups * dweight.size);
  bench.run(toWeight(tile.rows > 0 && sums % 4 === 0, tile.rows, tile.columns), {
    inputs: [x, dy],
    ints: [...dweight.shape, batch, images, x.shape[1] ?? 0, outputs, ...settings(x, dweight, dy, attrs)],
    output: partial,
  });
  if (groups > 1) reduceInto(bench, 'sum', partial, [1, groups, dweight.size], dweight);
};
