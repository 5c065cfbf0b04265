/** How indexing ops see their tensors: an axis between what is before it and what is behind. */
import { fail } from '../errors';
import { checkAxis, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';
import { reshape } from './reshape';

/** x as [outer, n, inner] around an axis. */
export const aroundAxis = (x: Tensor, axis: number): Tensor =>
  reshape(x, [sizeOf(x.shape.slice(0, axis)), x.shape[axis] ?? 1, sizeOf(x.shape.slice(axis + 1))]);

/** A shape with another size along an axis. */
export const withSize = (shape: Shape, axis: number, n: number): number[] => shape.map((m, k) => (k === axis ? n : m));

/** Refuses anything but an int32 tensor. */
export const asIndex = (where: string, index: unknown): Tensor => expectDType(where, 'index', asTensor(where, 'index', index), 'int32');

/** Checks x, an axis of it, and a list of indices; gives the axis from the front. */
export function checkIndexList(where: string, x: Tensor, axis: number, index: Tensor): number {
  const at = checkAxis(where, axis, asTensor(where, 'x', x).rank);
  if (asIndex(where, index).rank !== 1) fail('shape', `${where}: \`index\` must be a list [k], received shape ${showShape(index.shape)}. Use \`ops.gather\` for an index of an element each.`);
  return at;
}

/** Refuses an index of another rank than x's, or other sizes than `like`'s off the axis. */
export function checkElementIndex(where: string, name: string, x: Tensor, axis: number, index: Tensor): void {
  const agrees = x.rank === index.rank && x.shape.every((n, k) => k === axis || n === index.shape[k]);
  if (!agrees) {
    fail('shape', `${where}: \`index\` must have the shape of \`${name}\` save along axis ${axis}: expected ${showShape(withSize(x.shape, axis, index.shape[axis] ?? 0))}, received ${showShape(index.shape)}.`);
  }
}

/** The kernels on [outer, n, inner] and [k] or [outer, k, inner], recorded under their names: two pairs of adjoints. */
export const selectLines = (x: Tensor, index: Tensor): Tensor =>
  dispatchOne('indexSelect', [x, index], withSize(x.shape, 1, index.size), x.dtype);
export const addLines = (x: Tensor, index: Tensor, n: number): Tensor =>
  dispatchOne('indexAdd', [x, index], withSize(x.shape, 1, n), x.dtype);
export const gatherLines = (x: Tensor, index: Tensor): Tensor =>
  dispatchOne('gather', [x, index], index.shape, x.dtype);
export const scatterAddLines = (x: Tensor, index: Tensor, n: number): Tensor =>
  dispatchOne('scatterAdd', [x, index], withSize(x.shape, 1, n), x.dtype);
export const scatterLines = (x: Tensor, index: Tensor, source: Tensor): Tensor =>
  dispatchOne('scatter', [x, index, source], x.shape, x.dtype);
