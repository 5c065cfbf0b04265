/** Group normalization: channels in groups, each sample by itself. */
import { checkBoolean, checkNumber, checkOptions, fail, type ForwardContext, nn, ops, showShape, type Tensor } from '@parsimony/core';
import { affinePerChannel, checkChannels, checkEps, checkInput, labelOf } from './per-channel';

export interface GroupNormCall {
  /** [C]; omitted: 1. */
  readonly weight?: Tensor;
  /** [C]; omitted: 0. */
  readonly bias?: Tensor;
  /** Added to the variance before the root; above 0. Default 1e-5. */
  readonly eps?: number;
}

export interface GroupNormOptions {
  /** Added to the variance before the root; above 0. Default 1e-5. */
  readonly eps?: number;
  /** Learn a weight (from 1) and a bias (from 0) for each channel. Default true. */
  readonly affine?: boolean;
}

function checkGroups(where: string, numGroups: unknown, channels: number): number {
  const groups = checkNumber(where, 'numGroups', numGroups, { min: 1, integer: true });
  if (channels % groups !== 0) fail('option', `${where}: \`numGroups\` must divide the ${channels} channels, received ${groups}.`);
  return groups;
}

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, with mean and biased variance over a group of C / numGroups channels and
 * all positions of one sample. The same in training and evaluation. A batch of no element is returned as it is.
 *
 * @param x - [N, C, ...], float32.
 * @param numGroups - 1 or more, a divisor of C. 1 is layer norm over all but N, C is instance norm.
 * @throws option: groups that do not divide the channels. shape: one sample with one value a group, or sizes that do not fit.
 * @see Wu and He, "Group normalization", arXiv:1803.08494; PyTorch's `group_norm`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { groupNorm } from '@parsimony/norms';
 * await ready();
 * await groupNorm(tensor([[1, 3, 10, 30]]), 2, { eps: 1e-12 }).array(); // => [[-1, 1, -1, 1]]
 * ```
 */
export function groupNorm(x: Tensor, numGroups: number, options: GroupNormCall = {}): Tensor {
  checkOptions('groupNorm', options, ['weight', 'bias', 'eps']);
  const { weight, bias, eps = 1e-5 } = options;
  checkEps('groupNorm', eps);
  const channels = checkChannels('groupNorm', x, { weight, bias });
  const groups = checkGroups('groupNorm', numGroups, channels);
  if (x.size === 0) return x;
  if (x.size === groups) fail('shape', `groupNorm: a group needs more than one value, received shape ${showShape(x.shape)} in ${groups} groups. Use fewer groups.`);
  const rows = (x.shape[0] ?? 0) * groups;
  const normalized = ops.layerNorm(ops.reshape(x, [rows, x.size / rows]), null, null, { eps });
  return affinePerChannel(ops.reshape(normalized, x.shape), weight, bias);
}

/**
 * Normalizes groups of channels, each sample by itself, so that the size of the batch does not matter; see `groupNorm`. Input
 * [N, C, ...]. State: weight and bias [C]. PyTorch's `GroupNorm`.
 *
 * @param numGroups - 1 or more, a divisor of `numChannels`.
 * @param numChannels - C, 1 or more.
 * @throws option: groups that do not divide the channels, an unknown option or one out of range. shape: another input.
 * @see Wu and He, "Group normalization", arXiv:1803.08494.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { GroupNorm } from '@parsimony/norms';
 * await ready();
 * const norm = new GroupNorm(2, 6).init(random.key(0));
 * norm.forward(ones([1, 6, 4, 4])).shape; // => [1, 6, 4, 4]
 * new GroupNorm(4, 6); // throws GroupNorm: `numGroups` must divide the 6 channels, received 4.
 * ```
 */
export class GroupNorm extends nn.Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;

  constructor(numGroups: number, numChannels: number, options: GroupNormOptions = {}) {
    super();
    checkOptions('GroupNorm', options, ['eps', 'affine']);
    const { eps = 1e-5, affine = true } = options;
    this.numChannels = checkNumber('GroupNorm', 'numChannels', numChannels, { min: 1, integer: true });
    this.numGroups = checkGroups('GroupNorm', numGroups, numChannels);
    this.eps = checkEps('GroupNorm', eps);
    this.affine = checkBoolean('GroupNorm', 'affine', affine);
    if (this.affine) {
      this.parameter('weight', [numChannels], nn.init.ones);
      this.parameter('bias', [numChannels], nn.init.zeros);
    }
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    checkInput(labelOf(this), x);
    if (x.rank < 2 || x.shape[1] !== this.numChannels) fail('shape', `${labelOf(this)}: expected an input of shape [N, C, ...] with C = ${this.numChannels}, received ${showShape(x.shape)}.`);
    if (x.size === this.numGroups) fail('shape', `${labelOf(this)}: a group needs more than one value, received shape ${showShape(x.shape)} in ${this.numGroups} groups. Use fewer groups.`);
    return groupNorm(x, this.numGroups, { eps: this.eps, ...(this.affine && { weight: this.param('weight', ctx), bias: this.param('bias', ctx) }) });
  }
}
