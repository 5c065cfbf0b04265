/** Indices of extremes, by a kernel on [outer, n, inner]. */
import { fail } from '../errors';
import { checkBoolean, checkOptions } from '../options';
import { checkAxis, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';
import { aroundAxis, withSize } from './indexing';
import { reshape } from './reshape';

export interface ArgOptions {
  /** Default: x is taken as one flat list. */
  readonly axis?: number;
  /** Keep the axis, or all axes without one, with size 1. Default false. */
  readonly keepdim?: boolean;
}

export function argReduce(where: string, op: 'max' | 'min', x: Tensor, options: ArgOptions): Tensor {
  expectDType(where, 'x', asTensor(where, 'x', x), 'float32', 'int32');
  checkOptions(where, options, ['axis', 'keepdim']);
  const { axis, keepdim = false } = options;
  checkBoolean(where, 'keepdim', keepdim);
  const at = axis === undefined ? undefined : checkAxis(where, axis, x.rank);
  const lines = at === undefined ? reshape(x, [1, x.size, 1]) : aroundAxis(x, at);
  const [outer = 1, n = 0, inner = 1] = lines.shape;
  if (n === 0) fail('shape', `${where}: there is no extreme of no elements, received shape ${showShape(x.shape)}.`);
  const index = dispatchOne('argReduce', [lines], [outer, inner], 'int32', { attrs: { op } });
  const kept = at === undefined ? x.shape.map(() => 1) : withSize(x.shape, at, 1);
  return reshape(index, keepdim ? kept : kept.filter((_, k) => at !== undefined && k !== at));
}
