/** Ghost batch normalization: a large batch normalized in pieces, as small batches would be. */
import { checkNumber, checkOptions, ops, type Tensor } from '@parsimony/core';
import { batchNorm, checkBatchNorm, type BatchNormCall, type BatchNormOutput } from './batch-norm';
import { BatchNormModule, type BatchNormOptions } from './batch-norm-modules';

export interface GhostBatchNormCall extends BatchNormCall {
  /** Most samples of a chunk, 1 or more. Default 32. */
  readonly chunkSize?: number;
}

export interface GhostBatchNormOptions extends BatchNormOptions {
  /** Most samples of a chunk, 1 or more. Default 32. */
  readonly chunkSize?: number;
}

/**
 * Batch norm with statistics of chunks: N samples make k = ceil(N / chunkSize) chunks, whose sizes differ by one at most, and each is
 * normalized by its own statistics. The running statistics move once for each chunk, in order, with momentum / k, so that a
 * batch weighs as much as it does in batch norm; each chunk counts as a batch tracked. Evaluation is batch norm's.
 *
 * @param x - [N, C, ...], float32.
 * @throws shape: a chunk with one value a channel in training, or sizes that do not fit. option: one out of range.
 * @see Hoffer, Hubara and Soudry, "Train longer, generalize better", arXiv:1705.08741. There momentum is not divided.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { ghostBatchNorm } from '@parsimony/norms';
 * await ready();
 * const { output } = ghostBatchNorm(tensor([[1], [3], [10], [30]]), { chunkSize: 2, training: true, eps: 1e-12 });
 * await output.array(); // => [[-1], [1], [-1], [1]]
 * ```
 */
export function ghostBatchNorm(x: Tensor, options: GhostBatchNormCall = {}): BatchNormOutput {
  checkOptions('ghostBatchNorm', options, ['weight', 'bias', 'running', 'training', 'momentum', 'eps', 'chunkSize']);
  const { chunkSize = 32, ...rest } = options;
  checkNumber('ghostBatchNorm', 'chunkSize', chunkSize, { min: 1, integer: true });
  const call = checkBatchNorm('ghostBatchNorm', x, rest);
  const samples = x.shape[0] ?? 0;
  const chunks = Math.ceil(samples / chunkSize);
  if (chunks <= 1 || (!call.training && call.running)) return batchNorm(x, call);
  const { momentum } = call;
  const sizes = Array.from({ length: chunks }, (_, i) => Math.floor(samples / chunks) + (i < samples % chunks ? 1 : 0));
  let { running } = call;
  const outputs = ops.split(x, sizes).map((chunk) => {
    const { output, running: after } = batchNorm(chunk, { ...call, ...(running && { running }), momentum: momentum === null ? null : momentum / chunks });
    running = after;
    return output;
  });
  return { output: ops.concat(outputs, 0), running };
}

/**
 * Batch norm whose statistics are those of chunks of at most `chunkSize` samples: the noise of small batches, and what it does for
 * generalization, at the speed of large ones. Input [N, C, ...]. Options: those of `BatchNorm1d`, and `chunkSize`.
 *
 * @param numFeatures - C, 1 or more.
 * @throws option: an unknown option or one out of range. shape: another input, or a chunk with one value per channel in training.
 * @see Hoffer, Hubara and Soudry, "Train longer, generalize better", arXiv:1705.08741.
 * @example
 * ```ts
 * import { ones, random, ready, training } from '@parsimony/core';
 * import { GhostBatchNorm } from '@parsimony/norms';
 * await ready();
 * const norm = new GhostBatchNorm(3, { chunkSize: 16 }).init(random.key(0));
 * const pass = training({ key: random.key(1) });
 * norm.forward(ones([64, 3]), pass).shape; // => [64, 3]
 * norm.commit(pass);
 * await norm.stateDict().num_batches_tracked?.item(); // => 4
 * ```
 */
export class GhostBatchNorm extends BatchNormModule {
  readonly chunkSize: number;
  protected readonly ranks = [2, 3, 4, 5];
  protected readonly axes = '[N, C, ...]';

  constructor(numFeatures: number, options: GhostBatchNormOptions = {}) {
    super(numFeatures, options, ['chunkSize']);
    const { chunkSize = 32 } = options;
    this.chunkSize = checkNumber('GhostBatchNorm', 'chunkSize', chunkSize, { min: 1, integer: true });
  }

  protected override normalize(x: Tensor, call: BatchNormCall): BatchNormOutput {
    return ghostBatchNorm(x, { ...call, chunkSize: this.chunkSize });
  }
}
