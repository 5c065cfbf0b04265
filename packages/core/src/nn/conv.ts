/** Convolution layers. */
import { fail } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import type { ConvOptions } from '../ops/conv';
import { conv1d } from '../ops/conv1d';
import { conv2d } from '../ops/conv2d';
import { conv3d } from '../ops/conv3d';
import { type PerAxis, perAxis, type SpatialRank } from '../ops/spatial';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { defaultBias, defaultWeight } from './init';
import { Module } from './module';

export interface ConvLayerOptions extends ConvOptions {
  /** Learn a bias. Default true. */
  readonly bias?: boolean;
}

/** Checks channels and groups; used by transposed convolutions too. */
export function checkChannels(where: string, inChannels: number, outChannels: number, groups: number): void {
  checkNumber(where, 'inChannels', inChannels, { min: 1, integer: true });
  checkNumber(where, 'outChannels', outChannels, { min: 1, integer: true });
  checkNumber(where, 'groups', groups, { min: 1, integer: true });
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    fail('option', `${where}: \`groups\` must divide both numbers of channels, received ${groups} for ${inChannels} and ${outChannels}.`);
  }
}

/** @internal What Conv1d, Conv2d and Conv3d share. */
abstract class Conv extends Module {
  readonly kernelSize: readonly number[];
  readonly options: ConvOptions;
  protected abstract readonly convolve: (x: Tensor, weight: Tensor, bias: Tensor | null, options: ConvOptions) => Tensor;

  constructor(rank: SpatialRank, readonly inChannels: number, readonly outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions) {
    super();
    const where = `Conv${rank}d`;
    checkOptions(where, options, ['stride', 'padding', 'dilation', 'groups', 'bias']);
    const { bias = true, groups = 1, stride = 1, padding = 0, dilation = 1 } = options;
    checkChannels(where, inChannels, outChannels, groups);
    this.kernelSize = perAxis(where, 'kernelSize', kernelSize, rank, 1);
    perAxis(where, 'stride', stride, rank, 1);
    perAxis(where, 'dilation', dilation, rank, 1);
    if (padding !== 'valid' && padding !== 'same') perAxis(where, 'padding', padding, rank, 0);
    this.options = { stride, padding, dilation, groups };
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    this.parameter('weight', shape, defaultWeight);
    if (checkBoolean(where, 'bias', bias)) this.parameter('bias', [outChannels], defaultBias(shape));
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return this.convolve(x, this.param('weight', ctx), this.hasParameter('bias') ? this.param('bias', ctx) : null, this.options);
  }
}

/**
 * Convolution over 1 spatial axis; see `ops.conv1d`.
 *
 * Input [N, inChannels, L], output [N, outChannels, Lo]. State: `weight` [out, in / groups, kL] and `bias` [out], both
 * uniform within 1 / sqrt(fan in) at first. Options: `stride` (1), `padding` (0; 'same', 'valid'), `dilation` (1), `groups` (1), `bias` (true).
 *
 * @throws option: sizes that are not whole numbers, groups that do not divide the channels, an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.Conv1d(3, 4, 3, { padding: 1 }).init(random.key(0));
 * layer.forward(zeros([2, 3, 8])).shape; // => [2, 4, 8]
 * ```
 */
export class Conv1d extends Conv {
  protected readonly convolve = conv1d;
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Convolution over 2 spatial axes; see `ops.conv2d`.
 *
 * Input [N, inChannels, H, W], output [N, outChannels, Ho, Wo]. State: `weight` [out, in / groups, kH, kW] and `bias` [out], both
 * uniform within 1 / sqrt(fan in) at first. Options: `stride` (1), `padding` (0; 'same', 'valid'), `dilation` (1), `groups` (1), `bias` (true).
 *
 * @throws option: sizes that are not whole numbers, groups that do not divide the channels, an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.Conv2d(3, 4, 3, { padding: 1 }).init(random.key(0));
 * layer.forward(zeros([2, 3, 8, 8])).shape; // => [2, 4, 8, 8]
 * ```
 */
export class Conv2d extends Conv {
  protected readonly convolve = conv2d;
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Convolution over 3 spatial axes; see `ops.conv3d`.
 *
 * Input [N, inChannels, D, H, W], output [N, outChannels, Do, Ho, Wo]. State: `weight` [out, in / groups, kD, kH, kW] and `bias` [out], both
 * uniform within 1 / sqrt(fan in) at first. Options: `stride` (1), `padding` (0; 'same', 'valid'), `dilation` (1), `groups` (1), `bias` (true).
 *
 * @throws option: sizes that are not whole numbers, groups that do not divide the channels, an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.Conv3d(3, 4, 3, { padding: 1 }).init(random.key(0));
 * layer.forward(zeros([2, 3, 8, 8, 8])).shape; // => [2, 4, 8, 8, 8]
 * ```
 */
export class Conv3d extends Conv {
  protected readonly convolve = conv3d;
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(3, inChannels, outChannels, kernelSize, options);
  }
}
