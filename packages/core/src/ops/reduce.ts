/** Reductions over any set of axes, by a kernel that reduces the middle axis of [outer, n, inner]. */
import { fail } from '../errors';
import { checkBoolean, checkOptions } from '../options';
import { checkAxes, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor } from './convert';
import { dispatchOne } from './dispatch';
import { reshape } from './reshape';

export interface ReduceOptions {
  /** The axis or axes reduced; negative ones count from the end. Default: all. */
  readonly axis?: number | readonly number[];
  /** Keep reduced axes, with size 1. Default false. */
  readonly keepdim?: boolean;
}

export interface Reduction {
  /** Reduced axes from the front, ascending. */
  readonly axes: readonly number[];
  readonly keepdim: boolean;
  /** Number of elements that fall into one. */
  readonly count: number;
  /** The result's shape, and that with reduced axes of size 1. */
  readonly shape: Shape;
  readonly kept: Shape;
}

/** Checks the options of a reduction and says what it will do. */
export function reduction(where: string, x: Tensor, options: ReduceOptions, known: readonly string[] = []): Reduction {
  checkOptions(where, options, ['axis', 'keepdim', ...known]);
  const { axis, keepdim = false } = options;
  checkBoolean(where, 'keepdim', keepdim);
  const axes = checkAxes(where, axis, asTensor(where, 'x', x).rank);
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const shape = keepdim ? kept : x.shape.filter((_, i) => !axes.includes(i));
  return { axes, keepdim, kept, shape, count: sizeOf(axes.map((i) => x.shape[i] ?? 1)) };
}

export type ReduceOp = 'sum' | 'max' | 'min' | 'prod';

/**
 * Reduces the axes of a reduction. Neighbouring axes are reduced as one and groups of them in turn, the last first, so
 * that nothing is permuted. Recorded under the reduction's name.
 */
export function reduceAxes(op: ReduceOp, x: Tensor, { axes, shape }: Pick<Reduction, 'axes' | 'shape'>): Tensor {
  const runs = groups(axes, x.shape).reverse();
  if (runs.length === 0) return reshape(x, shape);
  return runs.reduce((y, [first, last], i) => {
    const outer = y.shape.slice(0, first);
    const inner = y.shape.slice(last + 1);
    const lines = reshape(y, [sizeOf(outer), sizeOf(y.shape.slice(first, last + 1)), sizeOf(inner)]);
    const reduced = dispatchOne('reduce', [lines], [sizeOf(outer), sizeOf(inner)], x.dtype, { attrs: { op }, op });
    const gone = Array.from({ length: last - first + 1 }, () => 1);
    return reshape(reduced, i === runs.length - 1 ? shape : [...outer, ...gone, ...inner]);
  }, x);
}

/** Runs of axes that are next to each other or have only sizes of 1 between; runs of size 1 are left out. */
function groups(axes: readonly number[], shape: Shape): [first: number, last: number][] {
  const found: [number, number][] = [];
  for (const axis of axes) {
    if (shape[axis] === 1) continue;
    const open = found[found.length - 1];
    if (open && shape.slice(open[1] + 1, axis).every((n) => n === 1)) open[1] = axis;
    else found.push([axis, axis]);
  }
  return found;
}

/** Refuses reductions of nothing, which have no value. */
export function refuseEmpty(where: string, x: Tensor, { count }: Reduction): void {
  if (count === 0) fail('shape', `${where}: a reduction over no elements has no value, received shape ${showShape(x.shape)}.`);
}
