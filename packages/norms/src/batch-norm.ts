/** Batch normalization as a function: statistics of the batch or running ones, and the update of the latter. */
import { checkBoolean, checkNumber, checkOptions, fail, isTensor, noGrad, ops, show, showShape, type Tensor } from '@parsimony/core';
import { checkChannels, checkEps, checkInput } from './per-channel';

/** What evaluation normalizes with, and how many batches it was gathered from. */
export interface RunningStatistics {
  /** [C]. */
  readonly mean: Tensor;
  /** [C], unbiased. */
  readonly variance: Tensor;
  /** [], int32. */
  readonly batches: Tensor;
}

export interface BatchNormCall {
  /** [C]; omitted: 1. */
  readonly weight?: Tensor;
  /** [C]; omitted: 0. */
  readonly bias?: Tensor;
  /** Omitted: the batch's own statistics, in evaluation too. */
  readonly running?: RunningStatistics;
  /** Normalize with the batch's statistics and move the running ones. Default false. */
  readonly training?: boolean;
  /** Weight of the new value in the running statistics, in [0, 1]; null: the average of all batches. Default 0.1. */
  readonly momentum?: number | null;
  /** Added to the variance before the root; above 0. Default 1e-5. */
  readonly eps?: number;
}

export interface BatchNormOutput {
  /** Of x's shape. */
  readonly output: Tensor;
  /** The running statistics after this batch; those given unless training. */
  readonly running: RunningStatistics | undefined;
}

/** @internal */
export function checkMomentum(where: string, momentum: unknown): number | null {
  return momentum === null ? null : checkNumber(where, 'momentum', momentum, { min: 0, max: 1 });
}

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias for each channel. In training mean and (biased) variance are the batch's
 * over every axis but the channels', and running = (1 - momentum) running + momentum statistics with the unbiased variance.
 * A batch of no element is returned as it is.
 *
 * @param x - [N, C, ...], float32.
 * @throws shape: one value a channel where the batch's statistics are taken, or sizes that do not fit. option: one out of range.
 * @see Ioffe and Szegedy, "Batch Normalization", arXiv:1502.03167; PyTorch's `batch_norm`.
 * @example
 * ```ts
 * import { ready, tensor, zeros, ones } from '@parsimony/core';
 * import { batchNorm } from '@parsimony/norms';
 * await ready();
 * const running = { mean: zeros([1]), variance: ones([1]), batches: zeros([], { dtype: 'int32' }) };
 * const after = batchNorm(tensor([[1], [3]]), { running, training: true, eps: 1e-12 });
 * await after.output.array(); // => [[-1], [1]]
 * await after.running?.mean.array(); // => [0.2]
 * await after.running?.variance.array(); // => [1.1]
 * ```
 */
export function batchNorm(x: Tensor, options: BatchNormCall = {}): BatchNormOutput {
  const { weight, bias, running, training, momentum, eps } = checkBatchNorm('batchNorm', x, options);
  if (!training && running) {
    return { output: ops.normalizeChannels(x, running.mean, running.variance, weight, bias, { eps }), running };
  }
  if (x.size === 0) return { output: x, running };
  const count = x.size / (x.shape[1] ?? 1);
  if (count < 2) {
    fail('shape', `batchNorm: ${training ? 'training' : 'without running statistics evaluation'} needs more than one value per channel, received shape ${showShape(x.shape)}. Use a larger batch, or a norm of each sample (LayerNorm).`);
  }
  const { output, mean, variance } = ops.batchNorm(x, weight, bias, { eps });
  if (!training || !running) return { output, running };
  return { output, running: noGrad(() => moveStatistics(running, mean, ops.mul(variance, count / (count - 1)), momentum)) };
}

/** @internal The options of a call, with their defaults; `where` names the function. */
export function checkBatchNorm(where: string, x: Tensor, options: BatchNormCall): BatchNormCall & Required<Pick<BatchNormCall, 'training' | 'momentum' | 'eps'>> {
  checkOptions(where, options, ['weight', 'bias', 'running', 'training', 'momentum', 'eps']);
  const { weight, bias, running, training = false, momentum = 0.1, eps = 1e-5 } = options;
  checkEps(where, eps);
  checkMomentum(where, momentum);
  checkBoolean(where, 'training', training);
  checkChannels(where, x, { weight, bias });
  checkRunning(where, x, running);
  return { ...options, training, momentum, eps };
}

/** @internal Refuses what are not statistics of x's channels. */
export function checkRunning(where: string, x: Tensor, running: RunningStatistics | undefined): void {
  if (running === undefined) return;
  checkOptions(`${where}: \`running\``, running, ['mean', 'variance', 'batches'], 'tensor');
  const { mean, variance, batches } = running;
  for (const [name, given] of [['mean', mean], ['variance', variance]] as const) checkChannels(where, x, { [`running.${name}`]: checkInput(where, given, `running.${name}`) });
  if (!isTensor(batches) || batches.dtype !== 'int32' || batches.size !== 1) {
    fail('dtype', `${where}: \`running.batches\` must be one int32 number, received ${isTensor(batches) ? `${batches.dtype} ${showShape(batches.shape)}` : show(batches)}.`);
  }
}

/** @internal The running statistics after one more batch. */
export function moveStatistics(running: RunningStatistics, mean: Tensor, variance: Tensor, momentum: number | null): RunningStatistics {
  const batches = ops.add(running.batches, 1);
  const weight = momentum ?? ops.div(1, ops.cast(batches, 'float32'));
  const toward = (from: Tensor, to: Tensor): Tensor => ops.lerp(from, to, weight);
  return { mean: toward(running.mean, mean), variance: toward(running.variance, variance), batches };
}
