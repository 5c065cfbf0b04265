/** Pooling layers. */
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { avgPool1d, avgPool2d, avgPool3d, type AvgPoolOptions } from '../ops/avg-pool';
import { maxPool1d, maxPool2d, maxPool3d, type MaxPoolOptions } from '../ops/max-pool';
import { checkWindow } from '../ops/pool';
import type { PerAxis, SpatialRank } from '../ops/spatial';
import type { Tensor } from '../tensor/tensor';
import { Module } from './module';

/** @internal A window that slides: checks its options once, at construction. */
abstract class MaxPool extends Module {
  protected abstract readonly pool: (x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions) => Tensor;
  constructor(rank: SpatialRank, readonly kernelSize: PerAxis, readonly options: MaxPoolOptions) {
    super();
    checkOptions(`MaxPool${rank}d`, options, ['stride', 'padding', 'dilation', 'ceilMode']);
    checkWindow(`MaxPool${rank}d`, rank, kernelSize, options);
  }
  protected compute(x: Tensor): Tensor { return this.pool(x, this.kernelSize, this.options); }
}

/** @internal */
abstract class AvgPool extends Module {
  protected abstract readonly pool: (x: Tensor, kernelSize: PerAxis, options: AvgPoolOptions) => Tensor;
  constructor(rank: SpatialRank, readonly kernelSize: PerAxis, readonly options: AvgPoolOptions) {
    super();
    const where = `AvgPool${rank}d`;
    checkOptions(where, options, ['stride', 'padding', 'ceilMode', 'countIncludePad', 'divisorOverride']);
    checkWindow(where, rank, kernelSize, options);
    checkBoolean(where, 'countIncludePad', options.countIncludePad ?? true);
    checkNumber(where, 'divisorOverride', options.divisorOverride ?? 1, { min: 1, integer: true });
  }
  protected compute(x: Tensor): Tensor { return this.pool(x, this.kernelSize, this.options); }
}

/**
 * The largest element of each window; see `ops.maxPool1d`. Input [N, C, L]. Options: `stride` (the window), `padding` (0), `dilation` (1), `ceilMode` (false).
 *
 * @throws option: a bad window or option.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.MaxPool1d(2).forward(zeros([2, 3, 4])).shape; // => [2, 3, 2]
 * ```
 */
export class MaxPool1d extends MaxPool {
  protected readonly pool = maxPool1d;
  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) { super(1, kernelSize, options); }
}

/**
 * The largest element of each window; see `ops.maxPool2d`. Input [N, C, H, W]. Options: `stride` (the window), `padding` (0), `dilation` (1), `ceilMode` (false).
 *
 * @throws option: a bad window or option.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.MaxPool2d(2).forward(zeros([2, 3, 4, 4])).shape; // => [2, 3, 2, 2]
 * ```
 */
export class MaxPool2d extends MaxPool {
  protected readonly pool = maxPool2d;
  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) { super(2, kernelSize, options); }
}

/**
 * The largest element of each window; see `ops.maxPool3d`. Input [N, C, D, H, W]. Options: `stride` (the window), `padding` (0), `dilation` (1), `ceilMode` (false).
 *
 * @throws option: a bad window or option.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.MaxPool3d(2).forward(zeros([2, 3, 4, 4, 4])).shape; // => [2, 3, 2, 2, 2]
 * ```
 */
export class MaxPool3d extends MaxPool {
  protected readonly pool = maxPool3d;
  constructor(kernelSize: PerAxis, options: MaxPoolOptions = {}) { super(3, kernelSize, options); }
}

/**
 * The mean of each window; see `ops.avgPool1d`. Input [N, C, L]. Options: `stride` (the window), `padding` (0), `ceilMode` (false), `countIncludePad` (true), `divisorOverride`.
 *
 * @throws option: a bad window or option.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AvgPool1d(2).forward(zeros([2, 3, 4])).shape; // => [2, 3, 2]
 * ```
 */
export class AvgPool1d extends AvgPool {
  protected readonly pool = avgPool1d;
  constructor(kernelSize: PerAxis, options: AvgPoolOptions = {}) { super(1, kernelSize, options); }
}

/**
 * The mean of each window; see `ops.avgPool2d`. Input [N, C, H, W]. Options: `stride` (the window), `padding` (0), `ceilMode` (false), `countIncludePad` (true), `divisorOverride`.
 *
 * @throws option: a bad window or option.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AvgPool2d(2).forward(zeros([2, 3, 4, 4])).shape; // => [2, 3, 2, 2]
 * ```
 */
export class AvgPool2d extends AvgPool {
  protected readonly pool = avgPool2d;
  constructor(kernelSize: PerAxis, options: AvgPoolOptions = {}) { super(2, kernelSize, options); }
}

/**
 * The mean of each window; see `ops.avgPool3d`. Input [N, C, D, H, W]. Options: `stride` (the window), `padding` (0), `ceilMode` (false), `countIncludePad` (true), `divisorOverride`.
 *
 * @throws option: a bad window or option.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AvgPool3d(2).forward(zeros([2, 3, 4, 4, 4])).shape; // => [2, 3, 2, 2, 2]
 * ```
 */
export class AvgPool3d extends AvgPool {
  protected readonly pool = avgPool3d;
  constructor(kernelSize: PerAxis, options: AvgPoolOptions = {}) { super(3, kernelSize, options); }
}
