/**
 * How every technique of this package draws and applies a mask: ones and zeros that broadcast against the input. A mask is a
 * function of its key and shape, so the backward pass draws it again and nothing is kept between the two.
 */
import { checkChoice, checkNumber, checkOptions, customGradient, type DType, fail, isTensor, ones, ops, type RngKey, scope, type Shape, show, showShape, type Tensor } from '@parsimony/core';
import { probability } from './drop-layer';

/**
 * When the rescaling happens that keeps the expectation. `training`: kept values are divided by 1 - p in training, and
 * evaluation is the identity (inverted dropout). `inference`: training only masks, and evaluation multiplies by 1 - p.
 */
export type Scaling = 'training' | 'inference';

export const checkScaling = (where: string, value: unknown): Scaling => checkChoice(where, 'scaling', value, ['training', 'inference']);

/**
 * A mask of zeros with probability p and ones otherwise, as a function of the key and the place alone.
 *
 * @param shape - Of the mask; axes of size 1 are dropped or kept as a whole.
 * @param p - Probability of a zero, in [0, 1], to within 2^-17.
 * @throws option: `p` outside [0, 1], or no key. shape: what is no shape.
 * @example
 * ```ts
 * import { random, ready } from '@parsimony/core';
 * import { drawMask } from '@parsimony/dropout';
 * await ready();
 * const mask = drawMask([4, 1, 1], 0.5, random.key(3));
 * (await mask.data()).every((m) => m === 0 || m === 1); // => true
 * ```
 */
export function drawMask(shape: Shape, p: number, key: RngKey): Tensor {
  return ops.cast(ops.cast(ops.dropout(ones(shape), p, key), 'bool'), 'float32');
}

export interface ApplyMaskOptions {
  /** Probability to drop that the mask was drawn with, in [0, 1]. */
  readonly p: number;
  /** Default `'training'`. */
  readonly scaling?: Scaling;
}

/**
 * y = x m / (1 - p), or y = x m with `scaling: 'inference'`: dropout under a mask of one's own.
 *
 * @param x - Any shape.
 * @param mask - Ones and zeros, of a shape that broadcasts with x's.
 * @throws option: `p` outside [0, 1], or an unknown scaling.
 * @example The worked example of the guide: p = 0.4.
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applyMask } from '@parsimony/dropout';
 * await ready();
 * const h = tensor([0.8, -0.3, 1.2, 0.5, -0.9]);
 * await applyMask(h, tensor([1, 0, 1, 1, 0]), { p: 0.4 }).array(); // => [1.333333, 0, 2, 0.833333, 0]
 * ```
 */
export function applyMask(x: Tensor, mask: Tensor, options: ApplyMaskOptions): Tensor {
  checkOptions('applyMask', options, ['p', 'scaling']);
  const { scaling = 'training' } = options;
  checkNumber('applyMask', 'p', options.p, probability);
  expectTensor('applyMask', x);
  expectTensor('applyMask', mask, 'mask', ['float32', 'int32', 'bool']);
  return ops.mul(x, scaled(ops.cast(mask, 'float32'), options.p, checkScaling('applyMask', scaling)));
}

/** m / (1 - p), or m. The mask is scaled rather than x, being the smaller of the two. */
const scaled = (mask: Tensor, p: number, scaling: Scaling): Tensor =>
  (scaling === 'inference' || p === 1 ? mask : ops.mul(mask, 1 / (1 - p)));

/** A linear map and its adjoint, each the other's gradient; what either needs is made when it runs, and given back at once. */
export function linearMap(forward: (x: Tensor) => Tensor, adjoint: (dy: Tensor) => Tensor): (x: Tensor) => Tensor {
  return customGradient((x) => scope(() => forward(x)), (dy) => [linearMap(adjoint, forward)(dy)]);
}

/** y = x m, for a mask that broadcasts to x's shape; `draw` makes it, in the forward pass and again in the backward pass. */
export function masked(x: Tensor, draw: () => Tensor): Tensor {
  const apply = (v: Tensor): Tensor => ops.mul(v, draw());
  return linearMap(apply, apply)(x);
}

export interface DropCall {
  /** Probability to drop, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
  readonly scaling?: Scaling;
}

/** y = x m / (1 - p), or y = x m, for a mask that is drawn in both passes. */
export const dropWith = (x: Tensor, { p, scaling = 'training' }: Omit<DropCall, 'key'>, draw: () => Tensor): Tensor =>
  masked(x, () => scaled(draw(), p, scaling));

/** Drops x in units: one m for each element of `shape`, which has size 1 along what is dropped as a whole. */
export function dropUnits(x: Tensor, shape: Shape, call: DropCall): Tensor {
  return call.p === 0 ? x : dropWith(x, call, () => drawMask(shape, call.p, call.key));
}

/** x's shape with size 1 on every axis but those. */
export const unitShape = (x: Tensor, ...axes: readonly number[]): Shape => x.shape.map((n, axis) => (axes.includes(axis) ? n : 1));

/** Refuses anything but a tensor; numbers of tokens and choices, which are no float32, are not scaled. */
export function expectTensor(where: string, x: unknown, name = 'x', dtypes: readonly DType[] = ['float32']): Tensor {
  if (!isTensor(x)) fail('dtype', `${where}: \`${name}\` must be a tensor, received ${show(x)}.`);
  if (!dtypes.includes(x.dtype)) fail('dtype', `${where}: \`${name}\` must be ${dtypes.join(' or ')}, received ${x.dtype}. Convert it with \`ops.cast\`.`);
  return x;
}

/** Refuses a tensor of another rank; `expected` says the shapes that are taken. */
export function expectRank(where: string, x: unknown, ranks: readonly number[], expected: string): Tensor {
  const { rank, shape } = expectTensor(where, x);
  if (!ranks.includes(rank)) fail('shape', `${where}: \`x\` must be ${expected}, received ${showShape(shape)}.`);
  return x as Tensor;
}

/** The checked p of a call. */
export const checkRate = (where: string, p: unknown): number => checkNumber(where, 'p', p, probability);
