/** Pooling to a given output size. */
import { fail, show } from '../errors';
import type { Triple } from '../kernels/structured';
import { type Shape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { dispatch, dispatchOne } from './dispatch';
import { pooledShape } from './pool';
import { lift, lower, type SpatialRank, triple } from './spatial';

/** The size wanted along every spatial axis, or one each; null keeps the input's. */
export type OutputSize = number | null | readonly (number | null)[];

/** @internal x [N, C, D, H, W] -> [N, C, ...out]. */
export function adaptiveAvgPoolKernel(x: Tensor, out: Triple): Tensor {
  return dispatchOne('adaptiveAvgPool', [x], pooledShape(x, out), 'float32');
}

/** @internal Its adjoint: dy -> dx of `shape`. */
export function adaptiveAvgPoolGradKernel(dy: Tensor, shape: Shape): Tensor {
  return dispatchOne('adaptiveAvgPoolGrad', [dy], shape, 'float32');
}

/** Refuses anything but sizes of at least 1, or null; one for each axis. */
export function checkOutputSize(where: string, rank: SpatialRank, outputSize: OutputSize): (number | null)[] {
  const sizes: readonly unknown[] = Array.isArray(outputSize) ? outputSize : new Array<unknown>(rank).fill(outputSize);
  if (sizes.length !== rank || !sizes.every((n) => n === null || (Number.isInteger(n) && (n as number) >= 1))) {
    fail('option', `${where}: \`outputSize\` must be ${rank === 1 ? 'a whole number' : `a whole number or ${rank} of them`}, at least 1, or null to keep a size, received ${show(outputSize)}.`);
  }
  return sizes as (number | null)[];
}

function prepare(where: string, rank: SpatialRank, x: Tensor, outputSize: OutputSize): { readonly lifted: Tensor; readonly out: Triple } {
  const wanted = checkOutputSize(where, rank, outputSize);
  const lifted = lift(where, 'x', x, rank);
  if (x.shape.slice(2).includes(0)) fail('shape', `${where}: cannot pool an axis of size 0, received ${showShape(x.shape)}.`);
  return { lifted, out: triple(wanted.map((n, i) => n ?? x.shape[2 + i] ?? 1), 1) };
}

function adaptiveAvgPool(rank: SpatialRank, x: Tensor, outputSize: OutputSize): Tensor {
  const { lifted, out } = prepare(`adaptiveAvgPool${rank}d`, rank, x, outputSize);
  return lower(adaptiveAvgPoolKernel(lifted, out), rank);
}

function adaptiveMaxPool(rank: SpatialRank, x: Tensor, outputSize: OutputSize): Tensor {
  const { lifted, out } = prepare(`adaptiveMaxPool${rank}d`, rank, x, outputSize);
  const shape = pooledShape(lifted, out);
  const [y] = dispatch('adaptiveMaxPool', [lifted], [{ shape, dtype: 'float32' }, { shape, dtype: 'int32' }]);
  return lower(y as Tensor, rank);
}

/**
 * The mean of each of `outputSize` windows; window i of n over size s is [floor(i s / n), ceil((i + 1) s / n)).
 *
 * @param x - [N, C, L], float32.
 * @param outputSize - The size wanted; null keeps the input's.
 * @returns [N, C, ...outputSize].
 * @throws shape: x of another rank; option: a size that is not a whole number of at least 1.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.adaptiveAvgPool1d(tensor([[[1, 3, 2, 4]]]), 2).array(); // => [[[2, 3]]]
 * ```
 */
export const adaptiveAvgPool1d = (x: Tensor, outputSize: OutputSize): Tensor => adaptiveAvgPool(1, x, outputSize);

/**
 * The mean of each of `outputSize` windows; window i of n over size s is [floor(i s / n), ceil((i + 1) s / n)).
 *
 * @param x - [N, C, H, W], float32.
 * @param outputSize - The sizes wanted, one number or one an axis; null keeps the input's.
 * @returns [N, C, ...outputSize].
 * @throws shape: x of another rank; option: a size that is not a whole number of at least 1.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.adaptiveAvgPool2d(tensor([[[[1, 3, 2, 4]]]]), [1, 2]).array(); // => [[[[2, 3]]]]
 * ```
 */
export const adaptiveAvgPool2d = (x: Tensor, outputSize: OutputSize): Tensor => adaptiveAvgPool(2, x, outputSize);

/**
 * The mean of each of `outputSize` windows; window i of n over size s is [floor(i s / n), ceil((i + 1) s / n)).
 *
 * @param x - [N, C, D, H, W], float32.
 * @param outputSize - The sizes wanted, one number or one an axis; null keeps the input's.
 * @returns [N, C, ...outputSize].
 * @throws shape: x of another rank; option: a size that is not a whole number of at least 1.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.adaptiveAvgPool3d(tensor([[[[[1, 3, 2, 4]]]]]), [1, 1, 2]).array(); // => [[[[[2, 3]]]]]
 * ```
 */
export const adaptiveAvgPool3d = (x: Tensor, outputSize: OutputSize): Tensor => adaptiveAvgPool(3, x, outputSize);

/**
 * The largest element of each of `outputSize` windows; window i of n over size s is [floor(i s / n), ceil((i + 1) s / n)).
 *
 * @param x - [N, C, L], float32.
 * @param outputSize - The size wanted; null keeps the input's.
 * @returns [N, C, ...outputSize].
 * @throws shape: x of another rank; option: a size that is not a whole number of at least 1.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.adaptiveMaxPool1d(tensor([[[1, 3, 2, 4]]]), 2).array(); // => [[[3, 4]]]
 * ```
 */
export const adaptiveMaxPool1d = (x: Tensor, outputSize: OutputSize): Tensor => adaptiveMaxPool(1, x, outputSize);

/**
 * The largest element of each of `outputSize` windows; window i of n over size s is [floor(i s / n), ceil((i + 1) s / n)).
 *
 * @param x - [N, C, H, W], float32.
 * @param outputSize - The sizes wanted, one number or one an axis; null keeps the input's.
 * @returns [N, C, ...outputSize].
 * @throws shape: x of another rank; option: a size that is not a whole number of at least 1.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.adaptiveMaxPool2d(tensor([[[[1, 3, 2, 4]]]]), [1, 2]).array(); // => [[[[3, 4]]]]
 * ```
 */
export const adaptiveMaxPool2d = (x: Tensor, outputSize: OutputSize): Tensor => adaptiveMaxPool(2, x, outputSize);

/**
 * The largest element of each of `outputSize` windows; window i of n over size s is [floor(i s / n), ceil((i + 1) s / n)).
 *
 * @param x - [N, C, D, H, W], float32.
 * @param outputSize - The sizes wanted, one number or one an axis; null keeps the input's.
 * @returns [N, C, ...outputSize].
 * @throws shape: x of another rank; option: a size that is not a whole number of at least 1.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.adaptiveMaxPool3d(tensor([[[[[1, 3, 2, 4]]]]]), [1, 1, 2]).array(); // => [[[[[3, 4]]]]]
 * ```
 */
export const adaptiveMaxPool3d = (x: Tensor, outputSize: OutputSize): Tensor => adaptiveMaxPool(3, x, outputSize);
