/** Elements added around a tensor. */
import { fail, show } from '../errors';
import { checkChoice, checkOptions } from '../options';
import { sameShape, type Shape, showShape } from '../tensor/shape';
import { upload } from '../tensor/create';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { dispatchOne } from './dispatch';
import { indexSelect } from './index-select';
import { reshape } from './reshape';
import { slice } from './slice';

export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

export interface PadOptions {
  /** What stands in the new places: `value`, the neighbours mirrored without the edge, the edge, or the other end. Default 'constant'. */
  readonly mode?: PadMode;
  /** For 'constant'. Default 0. */
  readonly value?: number;
}

/**
 * x with elements added before and after along its last axes.
 *
 * Where it differs: PyTorch's `F.pad` takes one flat list that begins with the LAST axis; here there is one pair an
 * axis, in the order of the axes, the last pair for the last axis. F.pad(x, (1, 2, 3, 4)) is pad(x, [[3, 4], [1, 2]]).
 *
 * @param x - Any shape and type.
 * @param pads - [[before, after], …] for the last axes of x, at most one an axis. Negative numbers crop ('constant' only).
 * @param options - `mode` (default 'constant'), `value` (default 0).
 * @throws shape: more pairs than axes; 'reflect' by an axis's size or more, 'circular' by more than it, 'replicate' of nothing.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const x = tensor([[1, 2, 3]]);
 * await ops.pad(x, [[1, 2]]).array(); // => [[0, 1, 2, 3, 0, 0]]
 * await ops.pad(x, [[2, 1]], { mode: 'reflect' }).array(); // => [[3, 2, 1, 2, 3, 2]]
 * ```
 */
export function pad(x: Tensor, pads: readonly (readonly [before: number, after: number])[], options: PadOptions = {}): Tensor {
  asTensor('pad', 'x', x);
  checkOptions('pad', options, ['mode', 'value']);
  const mode = checkChoice('pad', 'mode', options.mode ?? 'constant', ['constant', 'reflect', 'replicate', 'circular']);
  const { value = 0 } = options;
  if (typeof value !== 'number') fail('option', `pad: \`value\` must be a number, received ${show(value)}.`);
  if (options.value !== undefined && mode !== 'constant') fail('option', `pad: \`value\` goes with mode 'constant' only, received mode '${mode}'.`);
  const all = pairs(x, pads);
  return mode === 'constant' ? constantPad(x, all, value) : indexedPad(x, all, mode);
}

/** y of `shape` with x at `before` and the value elsewhere. */
export function padConstant(x: Tensor, shape: Shape, before: readonly number[], value: number): Tensor {
  return dispatchOne('pad', [x], shape, x.dtype, { attrs: { before }, scalars: [value] });
}

type Pair = readonly [before: number, after: number];

/** One pair for every axis. */
function pairs(x: Tensor, pads: readonly Pair[]): Pair[] {
  if (!Array.isArray(pads) || pads.some((pair) => !Array.isArray(pair) || pair.length !== 2 || !pair.every((n) => Number.isInteger(n)))) {
    fail('option', `pad: \`pads\` must be a list of [before, after] in whole numbers, one an axis, received ${show(pads)}.`);
  }
  if (pads.length > x.rank) fail('shape', `pad: received ${pads.length} pairs for a tensor of shape ${showShape(x.shape)}, which has ${x.rank} axes.`);
  return x.shape.map((_, axis) => pads[axis - x.rank + pads.length] ?? [0, 0]);
}

function constantPad(x: Tensor, all: readonly Pair[], value: number): Tensor {
  const crops = all.some((pair) => pair.some((n) => n < 0));
  const core = crops ? slice(x, all.map(([before, after], axis) => crop(before, after, x.shape[axis] ?? 0))) : x;
  const before = all.map(([n]) => Math.max(0, n));
  const shape = core.shape.map((n, axis) => n + (before[axis] ?? 0) + Math.max(0, all[axis]?.[1] ?? 0));
  if (crops && sameShape(shape, core.shape)) return core;
  return padConstant(core, shape, before, value);
}

function crop(before: number, after: number, n: number): { start: number; end: number } {
  const start = Math.max(0, -before);
  const end = n + Math.min(0, after);
  if (start > end) fail('shape', `pad: [${before}, ${after}] crops more than the ${n} elements of the axis.`);
  return { start, end };
}

/** The modes that repeat elements of x, axis by axis. */
function indexedPad(x: Tensor, all: readonly Pair[], mode: Exclude<PadMode, 'constant'>): Tensor {
  let y = reshape(x, x.shape);
  all.forEach(([before, after], axis) => {
    if (before === 0 && after === 0) return;
    const n = x.shape[axis] ?? 0;
    const most = mode === 'reflect' ? n - 1 : mode === 'circular' ? n : n > 0 ? Infinity : 0;
    for (const amount of [before, after]) {
      if (amount < 0) fail('option', `pad: mode '${mode}' takes no negative amounts, received [${before}, ${after}]. Crop with \`ops.slice\`.`);
      if (amount > most) fail('shape', `pad: mode '${mode}' can add at most ${Math.max(0, most)} to an axis of ${n}, received [${before}, ${after}] for axis ${axis} of shape ${showShape(x.shape)}.`);
    }
    const index = Int32Array.from({ length: before + n + after }, (_, i) => source[mode](i - before, n));
    y = indexSelect(y, axis, upload(x.executor, index, [index.length], 'int32'));
  });
  return y;
}

/** Which element of an axis of n stands at place i, where i may be outside. */
const source: Record<Exclude<PadMode, 'constant'>, (i: number, n: number) => number> = {
  reflect: (i, n) => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i),
  replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
  circular: (i, n) => (i + n) % n,
};
