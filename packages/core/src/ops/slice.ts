/** Ranges along axes. */
import { fail, show } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { type Shape, showShape, sizeOf, stridesOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { view } from './dispatch';
import { strided } from './strided';

/** start, start + step, … up to but without end, as Python's start:end:step. */
export interface SliceRange {
  /** Negative: from the end. Default: the first, or the last where `step` is negative. */
  readonly start?: number;
  /** Excluded. Negative: from the end. Default: past the last, or before the first where `step` is negative. */
  readonly end?: number;
  /** Not 0. Default 1; negative walks backwards. */
  readonly step?: number;
}

/**
 * A range along each axis; ends beyond an axis are cut to it, as in Python. A range of the first axis with step 1, all other
 * axes whole, is a view; others copy.
 *
 * @param x - Any shape and type.
 * @param ranges - One range an axis, from the first axis; `{}` or leaving trailing ones out takes all.
 * @throws shape: more ranges than axes; option: a start, end or step that is not a whole number.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const x = tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
 * await ops.slice(x, [{ start: 1 }, { end: -1 }]).array(); // => [[4, 5], [7, 8]]
 * await ops.slice(x, [{}, { step: -2 }]).array(); // => [[3, 1], [6, 4], [9, 7]]
 * ```
 */
export function slice(x: Tensor, ranges: readonly SliceRange[]): Tensor {
  asTensor('slice', 'x', x);
  if (!Array.isArray(ranges)) fail('option', `slice: \`ranges\` must be a list of { start, end, step }, received ${show(ranges)}.`);
  if (ranges.length > x.rank) fail('shape', `slice: received ${ranges.length} ranges for a tensor of shape ${showShape(x.shape)}, which has ${x.rank} axes.`);
  const parts = x.shape.map((n, axis) => resolve(ranges[axis] ?? {}, n));
  const own = stridesOf(x.shape);
  const shape = parts.map((part) => part.count);
  const offset = sizeOf(shape) === 0 ? 0 : parts.reduce((sum, part, axis) => sum + part.start * (own[axis] ?? 0), 0);
  if (contiguous(shape, parts.map((part) => part.step), x.shape)) return view('slice', x, shape, offset, { strides: own, offset });
  return strided('slice', x, shape, parts.map((part, axis) => part.step * (own[axis] ?? 0)), offset);
}

/** Whether the elements lie behind each other: after the first axis of more than one element, all is whole. */
function contiguous(shape: Shape, steps: readonly number[], whole: Shape): boolean {
  const first = shape.findIndex((n) => n !== 1);
  return first < 0 || (steps[first] === 1 && shape.every((n, axis) => axis <= first || n === whole[axis] && (steps[axis] === 1 || n === 1)));
}

/** Python's rules for start:end:step on an axis of n. */
function resolve(range: SliceRange, n: number): { start: number; step: number; count: number } {
  checkOptions('slice', range, ['start', 'end', 'step']);
  const step = checkNumber('slice', 'step', range.step ?? 1, { integer: true });
  if (step === 0) fail('option', 'slice: `step` must not be 0.');
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const place = (name: 'start' | 'end', fallback: number): number => {
    const value = range[name];
    if (value === undefined) return fallback;
    checkNumber('slice', name, value, { integer: true });
    return Math.min(high, Math.max(low, value < 0 ? value + n : value));
  };
  const start = place('start', step > 0 ? low : high);
  const end = place('end', step > 0 ? high : low);
  return { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
}
