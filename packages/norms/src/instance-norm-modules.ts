/** Instance normalization as modules, with PyTorch's options and state names. */
import { checkBoolean, checkNumber, checkOptions, fail, type ForwardContext, nn, ops, showShape, type Tensor } from '@parsimony/core';
import type { RunningStatistics } from './batch-norm';
import { instanceNorm } from './instance-norm';
import { checkEps, checkInput, labelOf } from './per-channel';

export interface InstanceNormOptions {
  /** Added to the variance before the root; above 0. Default 1e-5. */
  readonly eps?: number;
  /** Weight of the new value in the running statistics, in [0, 1]. Default 0.1. */
  readonly momentum?: number;
  /** Learn a weight (from 1) and a bias (from 0) for each channel. Default false. */
  readonly affine?: boolean;
  /** Keep running statistics, and normalize with them in evaluation. Default false. */
  readonly trackRunningStats?: boolean;
}

/** What the instance norms share. State, where asked for: weight, bias, running_mean, running_var, num_batches_tracked. */
export abstract class InstanceNormModule extends nn.Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** Number of axes of a batch; one fewer is a sample alone. */
  protected abstract readonly rank: number;
  protected abstract readonly axes: string;

  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super();
    const where = new.target.name;
    checkOptions(where, options, ['eps', 'momentum', 'affine', 'trackRunningStats']);
    const { eps = 1e-5, momentum = 0.1, affine = false, trackRunningStats = false } = options;
    this.numFeatures = checkNumber(where, 'numFeatures', numFeatures, { min: 1, integer: true });
    this.eps = checkEps(where, eps);
    this.momentum = checkNumber(where, 'momentum', momentum, { min: 0, max: 1 });
    this.affine = checkBoolean(where, 'affine', affine);
    this.trackRunningStats = checkBoolean(where, 'trackRunningStats', trackRunningStats);
    if (this.affine) {
      this.parameter('weight', [numFeatures], nn.init.ones);
      this.parameter('bias', [numFeatures], nn.init.zeros);
    }
    if (this.trackRunningStats) {
      this.buffer('running_mean', [numFeatures], 0);
      this.buffer('running_var', [numFeatures], 1);
      this.buffer('num_batches_tracked', [], 0, 'int32');
    }
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    checkInput(labelOf(this), x);
    const alone = x.rank === this.rank - 1;
    const batch = alone ? ops.unsqueeze(x, 0) : x;
    if (batch.rank !== this.rank || batch.shape[1] !== this.numFeatures) {
      fail('shape', `${labelOf(this)}: expected an input of shape [N, ${this.axes}] or [${this.axes}] with C = ${this.numFeatures}, received ${showShape(x.shape)}.`);
    }
    const training = ctx.mode === 'train';
    if (batch.shape.slice(2).every((size) => size === 1) && (training || !this.trackRunningStats)) {
      fail('shape', `${labelOf(this)}: a sample's own statistics need more than one position, received shape ${showShape(x.shape)}. Use a norm over channels too (GroupNorm, LayerNorm).`);
    }
    const running: RunningStatistics | undefined = this.trackRunningStats
      ? { mean: this.param('running_mean', ctx), variance: this.param('running_var', ctx), batches: this.param('num_batches_tracked', ctx) }
      : undefined;
    const { output, running: after } = instanceNorm(batch, {
      training, eps: this.eps, momentum: this.momentum,
      ...(running && { running }),
      ...(this.affine && { weight: this.param('weight', ctx), bias: this.param('bias', ctx) }),
    });
    if (after && after !== running) {
      ctx.writeBuffer('running_mean', after.mean);
      ctx.writeBuffer('running_var', after.variance);
    }
    return alone ? ops.squeeze(output, 0) : output;
  }
}

/**
 * Normalizes each channel of each sample over its positions; see `instanceNorm`. Input [N, C, L], or [C, L] for a sample alone.
 * Options: `eps` (1e-5), `momentum` (0.1), `affine` (false), `trackRunningStats` (false). PyTorch's `InstanceNorm1d`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or one position.
 * @see Ulyanov, Vedaldi and Lempitsky, "Instance normalization", arXiv:1607.08022.
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { InstanceNorm1d } from '@parsimony/norms';
 * await ready();
 * const norm = new InstanceNorm1d(2, { eps: 1e-12 }).init(random.key(0));
 * await norm.forward(tensor([[[1, 3], [10, 30]]])).array(); // => [[[-1, 1], [-1, 1]]]
 * norm.forward(tensor([[[1], [3]]])); // throws InstanceNorm1d: a sample's own statistics need more than one position
 * ```
 */
export class InstanceNorm1d extends InstanceNormModule {
  protected readonly rank = 3;
  protected readonly axes = 'C, L';
}

/**
 * Normalizes each channel of each sample over its positions; see `instanceNorm`. Input [N, C, H, W], or [C, H, W] for a sample alone.
 * Options as for `InstanceNorm1d`. PyTorch's `InstanceNorm2d`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or one position.
 * @see Ulyanov, Vedaldi and Lempitsky, "Instance normalization", arXiv:1607.08022.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { InstanceNorm2d } from '@parsimony/norms';
 * await ready();
 * const norm = new InstanceNorm2d(3, { affine: true, trackRunningStats: true }).init(random.key(0));
 * norm.forward(ones([2, 3, 4, 4])).shape; // => [2, 3, 4, 4]
 * Object.keys(norm.stateDict()); // => ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
 * ```
 */
export class InstanceNorm2d extends InstanceNormModule {
  protected readonly rank = 4;
  protected readonly axes = 'C, H, W';
}

/**
 * Normalizes each channel of each sample over its positions; see `instanceNorm`. Input [N, C, D, H, W], or [C, D, H, W] for a sample
 * alone. Options as for `InstanceNorm1d`. PyTorch's `InstanceNorm3d`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or one position.
 * @see Ulyanov, Vedaldi and Lempitsky, "Instance normalization", arXiv:1607.08022.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { InstanceNorm3d } from '@parsimony/norms';
 * await ready();
 * new InstanceNorm3d(2).init(random.key(0)).forward(ones([2, 2, 2, 4, 4])).shape; // => [2, 2, 2, 4, 4]
 * ```
 */
export class InstanceNorm3d extends InstanceNormModule {
  protected readonly rank = 5;
  protected readonly axes = 'C, D, H, W';
}
