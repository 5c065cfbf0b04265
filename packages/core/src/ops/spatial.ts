/**
 * What convolution and pooling share: options given once or per axis, and kernels that always take three spatial axes.
 */
import { fail, show } from '../errors';
import type { Triple } from '../kernels/structured';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { reshape } from './reshape';

/** One number for every spatial axis, or one each, in the order of the axes: [H, W]. */
export type PerAxis = number | readonly number[];

/** 1, 2 or 3 spatial axes. */
export type SpatialRank = 1 | 2 | 3;

const names: Record<SpatialRank, string> = { 1: 'L', 2: 'H, W', 3: 'D, H, W' };

/** `[N, C, H, W]`, for messages. */
export const layout = (lead: string, rank: SpatialRank, prefix = ''): string =>
  `[${lead}, ${names[rank].split(', ').map((name) => prefix + name).join(', ')}]`;

/** A whole number of at least `min` for each axis. */
export function perAxis(where: string, name: string, value: unknown, rank: SpatialRank, min: number): number[] {
  const list = typeof value === 'number' ? new Array<unknown>(rank).fill(value) : value;
  if (Array.isArray(list) && list.length === rank && list.every((n) => Number.isInteger(n) && n >= min)) return list as number[];
  const each = rank === 1 ? 'a whole number' : `a whole number or ${rank} of them`;
  return fail('option', `${where}: \`${name}\` must be ${each}, at least ${min}, received ${show(value)}.`);
}

/** Values of 1 to 3 axes as three: the missing ones lead. */
export function triple(values: readonly number[], missing: number): Triple {
  return [...new Array<number>(3 - values.length).fill(missing), ...values] as unknown as Triple;
}

/** [a, b, (L | H, W | D, H, W)] as [a, b, D, H, W] with leading spatial axes of size 1. */
export function lift(where: string, name: string, x: Tensor, rank: SpatialRank, expected = layout('N, C', rank)): Tensor {
  expectDType(where, name, asTensor(where, name, x), 'float32');
  if (x.rank !== rank + 2) {
    const fix = x.rank === rank + 1 && name === 'x' ? ' A single sample needs a batch axis of size 1 in front.' : '';
    fail('shape', `${where}: \`${name}\` must be ${expected}, received ${showShape(x.shape)}.${fix}`);
  }
  if (rank === 3) return x;
  return reshape(x, [x.shape[0] ?? 0, x.shape[1] ?? 0, ...triple(x.shape.slice(2), 1)]);
}

/** Undoes `lift`. */
export function lower(y: Tensor, rank: SpatialRank): Tensor {
  return rank === 3 ? y : reshape(y, [y.shape[0] ?? 0, y.shape[1] ?? 0, ...y.shape.slice(5 - rank)]);
}

/** Sizes of the three spatial axes of a lifted tensor or shape. */
export const spatialOf = (shape: readonly number[]): Triple => [shape[2] ?? 0, shape[3] ?? 0, shape[4] ?? 0];
