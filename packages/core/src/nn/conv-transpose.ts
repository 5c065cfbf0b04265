/** Transposed convolution layers. */
import { checkBoolean, checkOptions } from '../options';
import type { ConvTransposeOptions } from '../ops/conv-transpose';
import { convTranspose1d } from '../ops/conv-transpose1d';
import { convTranspose2d } from '../ops/conv-transpose2d';
import { convTranspose3d } from '../ops/conv-transpose3d';
import { type PerAxis, perAxis, type SpatialRank } from '../ops/spatial';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { checkChannels } from './conv';
import { defaultBias, defaultWeight } from './init';
import { Module } from './module';

export interface ConvTransposeLayerOptions extends ConvTransposeOptions {
  /** Learn a bias. Default true. */
  readonly bias?: boolean;
}

/** @internal What the transposed convolutions share. */
abstract class ConvTranspose extends Module {
  readonly kernelSize: readonly number[];
  readonly options: ConvTransposeOptions;
  protected abstract readonly convolve: (x: Tensor, weight: Tensor, bias: Tensor | null, options: ConvTransposeOptions) => Tensor;

  constructor(rank: SpatialRank, readonly inChannels: number, readonly outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions) {
    super();
    const where = `ConvTranspose${rank}d`;
    checkOptions(where, options, ['stride', 'padding', 'outputPadding', 'dilation', 'groups', 'bias']);
    const { bias = true, groups = 1, stride = 1, padding = 0, outputPadding = 0, dilation = 1 } = options;
    checkChannels(where, inChannels, outChannels, groups);
    this.kernelSize = perAxis(where, 'kernelSize', kernelSize, rank, 1);
    perAxis(where, 'stride', stride, rank, 1);
    perAxis(where, 'dilation', dilation, rank, 1);
    perAxis(where, 'padding', padding, rank, 0);
    perAxis(where, 'outputPadding', outputPadding, rank, 0);
    this.options = { stride, padding, outputPadding, dilation, groups };
    const shape = [inChannels, outChannels / groups, ...this.kernelSize];
    this.parameter('weight', shape, defaultWeight);
    if (checkBoolean(where, 'bias', bias)) this.parameter('bias', [outChannels], defaultBias(shape));
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return this.convolve(x, this.param('weight', ctx), this.hasParameter('bias') ? this.param('bias', ctx) : null, this.options);
  }
}

/**
 * Transposed convolution over 1 spatial axis; see `ops.convTranspose1d`.
 *
 * Input [N, inChannels, L], output [N, outChannels, Lo]. State: `weight` [in, out / groups, kL] and `bias` [out]. Options:
 * `stride` (1), `padding` (0), `outputPadding` (0), `dilation` (1), `groups` (1), `bias` (true).
 *
 * @throws option: sizes that are not whole numbers, groups that do not divide the channels, an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.ConvTranspose1d(3, 4, 2, { stride: 2 }).init(random.key(0));
 * layer.forward(zeros([2, 3, 4])).shape; // => [2, 4, 8]
 * ```
 */
export class ConvTranspose1d extends ConvTranspose {
  protected readonly convolve = convTranspose1d;
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Transposed convolution over 2 spatial axes; see `ops.convTranspose2d`.
 *
 * Input [N, inChannels, H, W], output [N, outChannels, Ho, Wo]. State: `weight` [in, out / groups, kH, kW] and `bias` [out]. Options:
 * `stride` (1), `padding` (0), `outputPadding` (0), `dilation` (1), `groups` (1), `bias` (true).
 *
 * @throws option: sizes that are not whole numbers, groups that do not divide the channels, an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.ConvTranspose2d(3, 4, 2, { stride: 2 }).init(random.key(0));
 * layer.forward(zeros([2, 3, 4, 4])).shape; // => [2, 4, 8, 8]
 * ```
 */
export class ConvTranspose2d extends ConvTranspose {
  protected readonly convolve = convTranspose2d;
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Transposed convolution over 3 spatial axes; see `ops.convTranspose3d`.
 *
 * Input [N, inChannels, D, H, W], output [N, outChannels, Do, Ho, Wo]. State: `weight` [in, out / groups, kD, kH, kW] and `bias` [out]. Options:
 * `stride` (1), `padding` (0), `outputPadding` (0), `dilation` (1), `groups` (1), `bias` (true).
 *
 * @throws option: sizes that are not whole numbers, groups that do not divide the channels, an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.ConvTranspose3d(3, 4, 2, { stride: 2 }).init(random.key(0));
 * layer.forward(zeros([2, 3, 4, 4, 4])).shape; // => [2, 4, 8, 8, 8]
 * ```
 */
export class ConvTranspose3d extends ConvTranspose {
  protected readonly convolve = convTranspose3d;
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(3, inChannels, outChannels, kernelSize, options);
  }
}
