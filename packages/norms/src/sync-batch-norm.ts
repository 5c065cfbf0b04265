/** Batch normalization with the statistics of all replicas that train together. */
import { type Collective, fail, type ForwardContext, full, noGrad, ops, show, type Tensor } from '@parsimony/core';
import { batchNorm, checkBatchNorm, type BatchNormCall, type BatchNormOutput, moveStatistics } from './batch-norm';
import { BatchNormModule, type BatchNormOptions } from './batch-norm-modules';

/**
 * `batchNorm` whose training statistics are those of the samples of every replica: sums and counts, then squared distances from the
 * common mean, go through `collective.allReduceSum`. So do their gradients: k replicas give what one gives on the whole batch. With one
 * replica, and in evaluation, it is `batchNorm`.
 *
 * @param x - [N, C, ...], float32; N may differ between replicas.
 * @throws as `batchNorm`, and what the collective throws.
 * @see PyTorch's `SyncBatchNorm`.
 * @example
 * ```ts
 * import { joinCollective, ready, shareCollective, tensor } from '@parsimony/core';
 * import { syncBatchNorm } from '@parsimony/norms';
 * await ready();
 * const { output } = syncBatchNorm(tensor([[1], [3]]), joinCollective(shareCollective(1), 0), { training: true, eps: 1e-12 });
 * await output.array(); // => [[-1], [1]]
 * ```
 */
export function syncBatchNorm(x: Tensor, collective: Collective, options: BatchNormCall = {}): BatchNormOutput {
  if (!isCollective(collective)) fail('option', `syncBatchNorm: \`collective\` must be one, { size, allReduceSum }, as contexts have it, received ${show(collective)}.`);
  const { weight, bias, running, training, momentum, eps } = checkBatchNorm('syncBatchNorm', x, options);
  if (collective.size === 1 || !training) return batchNorm(x, options);
  const channels = x.shape[1] ?? 0;
  const axis = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const along = (perChannel: Tensor): Tensor => ops.reshape(perChannel, x.shape.map((_, i) => (i === 1 ? channels : 1)));
  const all = collective.allReduceSum(ops.concat([ops.sum(x, { axis }), full([1], x.size / channels)], 0));
  const [sum, count] = ops.split(all, [channels, 1]) as [Tensor, Tensor];
  const mean = ops.div(sum, count);
  const centered = ops.sub(x, along(mean));
  // From the distances and not from the squares, whose difference would lose the digits of a large mean.
  const variance = ops.div(collective.allReduceSum(ops.sum(ops.square(centered), { axis })), count);
  const rstd = ops.rsqrt(ops.add(variance, eps));
  const scaled = ops.mul(centered, along(weight ? ops.mul(rstd, weight) : rstd));
  const output = bias ? ops.add(scaled, along(bias)) : scaled;
  if (!running) return { output, running };
  return { output, running: noGrad(() => moveStatistics(running, mean, ops.mul(variance, ops.div(count, ops.sub(count, 1))), momentum)) };
}

/**
 * Batch norm over all replicas of a fit: under `trainer.fit({ replicas: n })` its statistics are those of the whole batch, and
 * so are the gradients. With one replica it is `BatchNorm1d`, `BatchNorm2d` or `BatchNorm3d`, whose options and state it has.
 * Input [N, C, ...]. In a loop of one's own the collective is an option of `training`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or one value per channel in training over all replicas.
 * @see Zhang et al., "Context encoding for semantic segmentation", arXiv:1803.08904; PyTorch's `SyncBatchNorm`.
 * @example
 * ```ts
 * import { ones, random, ready, training } from '@parsimony/core';
 * import { SyncBatchNorm } from '@parsimony/norms';
 * await ready();
 * const norm = new SyncBatchNorm(3).init(random.key(0));
 * norm.forward(ones([4, 3, 5, 5]), training({ key: random.key(1) })).shape; // => [4, 3, 5, 5]
 * Object.keys(norm.stateDict()); // => ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
 * ```
 */
export class SyncBatchNorm extends BatchNormModule {
  protected readonly ranks = [2, 3, 4, 5];
  protected readonly axes = '[N, C, ...]';
  override readonly traits = { batchStatistics: !this.frozen, synchronized: true };

  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super(numFeatures, options);
  }

  protected override normalize(x: Tensor, call: BatchNormCall, ctx: ForwardContext): BatchNormOutput {
    return syncBatchNorm(x, ctx.collective, call);
  }
}

const isCollective = (value: Partial<Collective> | null | undefined): value is Collective =>
  typeof value?.size === 'number' && value.size >= 1 && typeof value.allReduceSum === 'function';
