/** Dropout1d, 2d and 3d: whole channels of each sample set to zero at random while training. */
import { checkOptions, type ForwardContext, type RngKey, type Schedule, type Shape, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, dropUnits, expectRank, unitShape } from './mask';

export interface SpatialDropoutCall {
  /** Probability to drop, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
}

export interface SpatialDropoutOptions {
  /** Probability to drop a channel, in [0, 1]: a number or a schedule of the step. Default 0.5. */
  readonly p?: Schedule;
}

/** Ranks that PyTorch takes, and the one (if any) that it takes for a sample without a batch axis. */
const kinds = {
  dropout1d: { ranks: [2, 3], unbatched: 2, expected: '[N, C, L], or [C, L] for one sample' },
  dropout2d: { ranks: [3, 4], unbatched: undefined, expected: '[N, C, H, W], or [N, C, L] as in PyTorch' },
  dropout3d: { ranks: [4, 5], unbatched: 4, expected: '[N, C, D, H, W], or [C, D, H, W] for one sample' },
} as const;

export type SpatialKind = keyof typeof kinds;

/** Shape of the mask for an input: one element a sample and channel. */
export function channelUnits(where: SpatialKind, x: Tensor): Shape {
  const { ranks, unbatched, expected } = kinds[where];
  expectRank(where, x, ranks, expected);
  return x.rank === unbatched ? unitShape(x, 0) : unitShape(x, 0, 1);
}

function spatial(where: SpatialKind, x: Tensor, options: SpatialDropoutCall): Tensor {
  checkOptions(where, options, ['p', 'key']);
  return dropUnits(x, channelUnits(where, x), { p: checkRate(where, options.p), key: options.key });
}

/**
 * y_nc = x_nc m_nc / (1 - p), with one m_nc in {0, 1} a sample and channel, 0 with probability p; p = 1 gives zeros.
 *
 * @param x - [N, C, L], or [C, L] for one sample; float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key. shape: x of another rank.
 * @see Tompson et al., "Efficient Object Localization Using Convolutional Networks", arXiv:1411.4280.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropout1d } from '@parsimony/dropout';
 * await ready();
 * const y = await dropout1d(ones([2, 3, 2]), { p: 0.5, key: random.key(1) }).array() as number[][][];
 * y.flat().every(([a, b]) => a === b && (a === 0 || a === 2)); // => true
 * ```
 */
export const dropout1d = (x: Tensor, options: SpatialDropoutCall): Tensor => spatial('dropout1d', x, options);

/**
 * As `dropout1d`, for images. Three axes are taken for [N, C, L], which PyTorch does too (with a warning): a single image wants a
 * batch axis of 1.
 *
 * @param x - [N, C, H, W] or [N, C, L]; float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key. shape: x of another rank.
 * @see Tompson et al., arXiv:1411.4280.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropout2d } from '@parsimony/dropout';
 * await ready();
 * dropout2d(ones([2, 3, 5, 5]), { p: 0.5, key: random.key(1) }).shape; // => [2, 3, 5, 5]
 * ```
 */
export const dropout2d = (x: Tensor, options: SpatialDropoutCall): Tensor => spatial('dropout2d', x, options);

/**
 * As `dropout1d`, for volumes.
 *
 * @param x - [N, C, D, H, W], or [C, D, H, W] for one sample; float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key. shape: x of another rank.
 * @see Tompson et al., arXiv:1411.4280.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropout3d } from '@parsimony/dropout';
 * await ready();
 * dropout3d(ones([3, 2, 5, 5]), { p: 0.5, key: random.key(1) }).shape; // => [3, 2, 5, 5]
 * ```
 */
export const dropout3d = (x: Tensor, options: SpatialDropoutCall): Tensor => spatial('dropout3d', x, options);

abstract class SpatialDropout extends DropLayer {
  constructor(where: string, options: SpatialDropoutOptions) {
    checkOptions(where, options, ['p']);
    const { p = 0.5 } = options;
    super(where, p, { unit: 'channel' });
  }
}

/**
 * Drops whole channels of each sample of [N, C, L] (or [C, L]) with probability p in training; the identity in evaluation.
 *
 * @throws option: `p` outside [0, 1], or an unknown option. shape, in training: another rank.
 * @see `dropout1d`
 * @example
 * ```ts
 * import { ones, ready } from '@parsimony/core';
 * import { Dropout1d } from '@parsimony/dropout';
 * await ready();
 * await new Dropout1d({ p: 0.2 }).forward(ones([1, 1, 3])).array(); // => [[[1, 1, 1]]]
 * ```
 */
export class Dropout1d extends SpatialDropout {
  constructor(options: SpatialDropoutOptions = {}) { super('Dropout1d', options); }
  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return dropout1d(x, { p, key: ctx.key() }); }
}

/**
 * Drops whole feature maps of each sample of [N, C, H, W] (or [N, C, L]) with probability p in training; the identity in evaluation.
 *
 * @throws option: `p` outside [0, 1], or an unknown option. shape, in training: another rank.
 * @see `dropout2d`
 * @example
 * ```ts
 * import { nn, random, ready, training, zeros } from '@parsimony/core';
 * import { Dropout2d } from '@parsimony/dropout';
 * await ready();
 * const model = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.ReLU(), new Dropout2d({ p: 0.2 })).init(random.key(0));
 * model.forward(zeros([2, 1, 8, 8]), training({ key: random.key(1) })).shape; // => [2, 4, 6, 6]
 * ```
 */
export class Dropout2d extends SpatialDropout {
  constructor(options: SpatialDropoutOptions = {}) { super('Dropout2d', options); }
  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return dropout2d(x, { p, key: ctx.key() }); }
}

/**
 * Drops whole channels of each sample of [N, C, D, H, W] (or [C, D, H, W]) with probability p in training; the identity in evaluation.
 *
 * @throws option: `p` outside [0, 1], or an unknown option. shape, in training: another rank.
 * @see `dropout3d`
 * @example
 * ```ts
 * import { ones, ready } from '@parsimony/core';
 * import { Dropout3d } from '@parsimony/dropout';
 * await ready();
 * new Dropout3d({ p: 0.2 }).forward(ones([2, 3, 4, 4, 4])).shape; // => [2, 3, 4, 4, 4]
 * ```
 */
export class Dropout3d extends SpatialDropout {
  constructor(options: SpatialDropoutOptions = {}) { super('Dropout3d', options); }
  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return dropout3d(x, { p, key: ctx.key() }); }
}
