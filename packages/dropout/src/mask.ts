/** How every technique of this package draws and applies a mask: ones and zeros that broadcast against the input. */
import { checkChoice, checkNumber, checkOptions, fail, isTensor, ones, ops, type RngKey, type Shape, show, type Tensor } from '@parsimony/core';

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
  checkNumber('applyMask', 'p', options.p, { min: 0, max: 1 });
  if (!isTensor(mask)) fail('dtype', `applyMask: \`mask\` must be a tensor, received ${show(mask)}.`);
  const masked = ops.mul(x, ops.cast(mask, 'float32'));
  const keep = 1 - options.p;
  return checkScaling('applyMask', options.scaling ?? 'training') === 'inference' || keep === 0 ? masked : ops.mul(masked, 1 / keep);
}
