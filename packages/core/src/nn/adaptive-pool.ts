/** Pooling layers with a given output size. */
import {
  adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d, adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d, checkOutputSize, type OutputSize,
} from '../ops/adaptive-pool';
import type { SpatialRank } from '../ops/spatial';
import type { Tensor } from '../tensor/tensor';
import { Module } from './module';

/** @internal */
abstract class AdaptivePool extends Module {
  protected abstract readonly pool: (x: Tensor, outputSize: OutputSize) => Tensor;
  constructor(where: string, rank: SpatialRank, readonly outputSize: OutputSize) {
    super();
    checkOutputSize(where, rank, outputSize);
  }
  protected compute(x: Tensor): Tensor { return this.pool(x, this.outputSize); }
}

/**
 * The mean of each of `outputSize` windows, whatever the size of the input [N, C, L]; see `ops.adaptiveAvgPool1d`.
 *
 * @throws option: a size that is not a whole number of at least 1, or null to keep the input's.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AdaptiveAvgPool1d(1).forward(zeros([2, 3, 5])).shape; // => [2, 3, 1]
 * ```
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  protected readonly pool = adaptiveAvgPool1d;
  constructor(outputSize: OutputSize) { super('AdaptiveAvgPool1d', 1, outputSize); }
}

/**
 * The mean of each of `outputSize` windows, whatever the size of the input [N, C, H, W]; see `ops.adaptiveAvgPool2d`.
 *
 * @throws option: a size that is not a whole number of at least 1, or null to keep the input's.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AdaptiveAvgPool2d(1).forward(zeros([2, 3, 5, 5])).shape; // => [2, 3, 1, 1]
 * ```
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  protected readonly pool = adaptiveAvgPool2d;
  constructor(outputSize: OutputSize) { super('AdaptiveAvgPool2d', 2, outputSize); }
}

/**
 * The mean of each of `outputSize` windows, whatever the size of the input [N, C, D, H, W]; see `ops.adaptiveAvgPool3d`.
 *
 * @throws option: a size that is not a whole number of at least 1, or null to keep the input's.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AdaptiveAvgPool3d(1).forward(zeros([2, 3, 5, 5, 5])).shape; // => [2, 3, 1, 1, 1]
 * ```
 */
export class AdaptiveAvgPool3d extends AdaptivePool {
  protected readonly pool = adaptiveAvgPool3d;
  constructor(outputSize: OutputSize) { super('AdaptiveAvgPool3d', 3, outputSize); }
}

/**
 * The largest element of each of `outputSize` windows, whatever the size of the input [N, C, L]; see `ops.adaptiveMaxPool1d`.
 *
 * @throws option: a size that is not a whole number of at least 1, or null to keep the input's.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AdaptiveMaxPool1d(1).forward(zeros([2, 3, 5])).shape; // => [2, 3, 1]
 * ```
 */
export class AdaptiveMaxPool1d extends AdaptivePool {
  protected readonly pool = adaptiveMaxPool1d;
  constructor(outputSize: OutputSize) { super('AdaptiveMaxPool1d', 1, outputSize); }
}

/**
 * The largest element of each of `outputSize` windows, whatever the size of the input [N, C, H, W]; see `ops.adaptiveMaxPool2d`.
 *
 * @throws option: a size that is not a whole number of at least 1, or null to keep the input's.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AdaptiveMaxPool2d(1).forward(zeros([2, 3, 5, 5])).shape; // => [2, 3, 1, 1]
 * ```
 */
export class AdaptiveMaxPool2d extends AdaptivePool {
  protected readonly pool = adaptiveMaxPool2d;
  constructor(outputSize: OutputSize) { super('AdaptiveMaxPool2d', 2, outputSize); }
}

/**
 * The largest element of each of `outputSize` windows, whatever the size of the input [N, C, D, H, W]; see `ops.adaptiveMaxPool3d`.
 *
 * @throws option: a size that is not a whole number of at least 1, or null to keep the input's.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.AdaptiveMaxPool3d(1).forward(zeros([2, 3, 5, 5, 5])).shape; // => [2, 3, 1, 1, 1]
 * ```
 */
export class AdaptiveMaxPool3d extends AdaptivePool {
  protected readonly pool = adaptiveMaxPool3d;
  constructor(outputSize: OutputSize) { super('AdaptiveMaxPool3d', 3, outputSize); }
}
