/** Batch normalization as modules, with PyTorch's options and state names. */
import { checkBoolean, checkNumber, checkOptions, fail, type ForwardContext, nn, showShape, type Tensor } from '@parsimony/core';
import { batchNorm, type BatchNormCall, type BatchNormOutput, checkMomentum, type RunningStatistics } from './batch-norm';
import { checkInput, labelOf } from './per-channel';

export interface BatchNormOptions {
  /** Added to the variance before the root; above 0. Default 1e-5. */
  readonly eps?: number;
  /** Weight of the new value in the running statistics, in [0, 1]; null: the average of all batches. Default 0.1. */
  readonly momentum?: number | null;
  /** Learn a weight (from 1) and a bias (from 0) for each channel. Default true. */
  readonly affine?: boolean;
  /** Keep running statistics for evaluation; without them evaluation uses the batch's. Default true. */
  readonly trackRunningStats?: boolean;
  /** Stay in evaluation while training: normalize with the running statistics and leave them. Weight and bias still learn. Default false. */
  readonly frozen?: boolean;
}

/** What the batch norms share. State: weight, bias, running_mean, running_var, num_batches_tracked. */
export abstract class BatchNormModule extends nn.Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  readonly frozen: boolean;
  override readonly traits: nn.ModuleTraits;
  /** Numbers of axes that the input may have, and how they are called. */
  protected abstract readonly ranks: readonly number[];
  protected abstract readonly axes: string;

  /** `further`: options that a subclass knows beside these, and checks itself. */
  constructor(numFeatures: number, options: BatchNormOptions = {}, further: readonly string[] = []) {
    super();
    const where = new.target.name;
    checkOptions(where, options, ['eps', 'momentum', 'affine', 'trackRunningStats', 'frozen', ...further]);
    const { eps = 1e-5, affine = true, trackRunningStats = true, frozen = false } = options;
    this.numFeatures = checkNumber(where, 'numFeatures', numFeatures, { min: 1, integer: true });
    this.eps = checkNumber(where, 'eps', eps, { min: 0, minExclusive: true });
    this.momentum = checkMomentum(where, options.momentum === undefined ? 0.1 : options.momentum);
    this.affine = checkBoolean(where, 'affine', affine);
    this.trackRunningStats = checkBoolean(where, 'trackRunningStats', trackRunningStats);
    this.frozen = checkBoolean(where, 'frozen', frozen);
    if (this.frozen && !this.trackRunningStats) fail('option', `${where}: \`frozen\` normalizes with running statistics, so \`trackRunningStats\` must be true.`);
    this.traits = { batchStatistics: !this.frozen };
    if (this.affine) {
      this.parameter('weight', [numFeatures], () => new Float32Array(numFeatures).fill(1));
      this.parameter('bias', [numFeatures], () => new Float32Array(numFeatures));
    }
    if (this.trackRunningStats) {
      this.buffer('running_mean', [numFeatures], 0);
      this.buffer('running_var', [numFeatures], 1);
      this.buffer('num_batches_tracked', [], 0, 'int32');
    }
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    this.#checkInput(x, ctx);
    const training = this.#takesStatistics(ctx);
    const running: RunningStatistics | undefined = this.trackRunningStats
      ? { mean: this.param('running_mean', ctx), variance: this.param('running_var', ctx), batches: this.param('num_batches_tracked', ctx) }
      : undefined;
    const { output, running: after } = this.normalize(x, {
      training, eps: this.eps, momentum: ctx.gathersStatistics ? null : this.momentum,
      ...(running && { running }),
      ...(this.affine && { weight: this.param('weight', ctx), bias: this.param('bias', ctx) }),
    }, ctx);
    if (after && after !== running) {
      ctx.writeBuffer('running_mean', after.mean);
      ctx.writeBuffer('running_var', after.variance);
      ctx.writeBuffer('num_batches_tracked', after.batches);
    }
    return output;
  }

  /** The function behind the module; a subclass takes its statistics elsewhere. */
  protected normalize(x: Tensor, call: BatchNormCall, _ctx: ForwardContext): BatchNormOutput { return batchNorm(x, call); }

  #takesStatistics(ctx: ForwardContext): boolean { return (ctx.mode === 'train' || ctx.gathersStatistics) && !this.frozen; }

  #checkInput(x: Tensor, ctx: ForwardContext): void {
    checkInput(labelOf(this), x);
    if (!this.ranks.includes(x.rank) || x.shape[1] !== this.numFeatures) {
      fail('shape', `${labelOf(this)}: expected an input of shape ${this.axes} with C = ${this.numFeatures}, received ${showShape(x.shape)}.`);
    }
    const alone = this.traits.synchronized !== true || ctx.collective.size === 1;
    const training = this.#takesStatistics(ctx);
    const ownStatistics = training ? alone : !this.trackRunningStats;
    if (ownStatistics && x.size === this.numFeatures) {
      fail('shape', `${labelOf(this)}: ${training ? 'training' : 'without running statistics evaluation'} needs more than one value per channel, received shape ${showShape(x.shape)}. Use a larger batch, \`frozen: true\`, or a norm of each sample (LayerNorm).`);
    }
  }
}

/**
 * Normalizes each of C features over the batch (and over time): y = (x - mean) / sqrt(variance + eps) * weight + bias. Training uses
 * the batch's statistics and moves the running ones, which evaluation uses. Input [N, C] or [N, C, L]. PyTorch's `BatchNorm1d`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or one value per channel in training, or without running statistics.
 * @see Ioffe and Szegedy, "Batch Normalization", arXiv:1502.03167.
 * @example
 * ```ts
 * import { random, ready, tensor, training } from '@parsimony/core';
 * import { BatchNorm1d } from '@parsimony/norms';
 * await ready();
 * const norm = new BatchNorm1d(1, { eps: 1e-12 }).init(random.key(0));
 * await norm.forward(tensor([[1], [3]]), training({ key: random.key(1) })).array(); // => [[-1], [1]]
 * await norm.forward(tensor([[1], [3]])).array(); // => [[1], [3]]
 * Object.keys(norm.stateDict()); // => ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
 * ```
 */
export class BatchNorm1d extends BatchNormModule {
  protected readonly ranks = [2, 3];
  protected readonly axes = '[N, C] or [N, C, L]';
}

/**
 * Normalizes each of C channels over batch, height and width. Input [N, C, H, W]. PyTorch's `BatchNorm2d`; see `BatchNorm1d`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or one value per channel in training, or without running statistics.
 * @see Ioffe and Szegedy, "Batch Normalization", arXiv:1502.03167.
 * @example
 * ```ts
 * import { ones, random, ready, tensor, training } from '@parsimony/core';
 * import { BatchNorm2d } from '@parsimony/norms';
 * await ready();
 * const norm = new BatchNorm2d(3).init(random.key(0));
 * norm.forward(ones([2, 3, 4, 4]), training({ key: random.key(1) })).shape; // => [2, 3, 4, 4]
 * norm.forward(ones([2, 4, 4, 4])); // throws BatchNorm2d: expected an input of shape [N, C, H, W] with C = 3, received [2, 4, 4, 4].
 * ```
 */
export class BatchNorm2d extends BatchNormModule {
  protected readonly ranks = [4];
  protected readonly axes = '[N, C, H, W]';
}

/**
 * Normalizes each of C channels over batch, depth, height and width. Input [N, C, D, H, W]. PyTorch's `BatchNorm3d`; see `BatchNorm1d`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or one value per channel in training, or without running statistics.
 * @see Ioffe and Szegedy, "Batch Normalization", arXiv:1502.03167.
 * @example
 * ```ts
 * import { ones, random, ready, training } from '@parsimony/core';
 * import { BatchNorm3d } from '@parsimony/norms';
 * await ready();
 * const norm = new BatchNorm3d(2, { momentum: null }).init(random.key(0));
 * norm.forward(ones([1, 2, 3, 4, 4]), training({ key: random.key(1) })).shape; // => [1, 2, 3, 4, 4]
 * norm.forward(ones([1, 2, 1, 1, 1]), training({ key: random.key(1) })); // throws BatchNorm3d: training needs more than one value per channel
 * ```
 */
export class BatchNorm3d extends BatchNormModule {
  protected readonly ranks = [5];
  protected readonly axes = '[N, C, D, H, W]';
}
