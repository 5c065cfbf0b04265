/** Instance normalization as a function: each channel of each sample by itself, or running statistics. */
import { checkBoolean, checkNumber, checkOptions, fail, noGrad, ops, showShape, type Tensor } from '@parsimony/core';
import { type BatchNormCall, type BatchNormOutput, checkRunning } from './batch-norm';
import { affinePerChannel, checkChannels, checkEps } from './per-channel';

export interface InstanceNormCall extends Omit<BatchNormCall, 'momentum'> {
  /** Weight of the new value in the running statistics, in [0, 1]. Default 0.1. */
  readonly momentum?: number;
}

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, with mean and biased variance over the positions of each channel of each
 * sample. With running statistics, training moves them by the mean over the samples of these means and unbiased variances, and
 * evaluation normalizes with them; the count of batches stays as it is, as in PyTorch. An empty batch is returned as it is.
 *
 * @param x - [N, C, ...], float32, with one axis of positions or more.
 * @throws shape: one position, where a sample's own statistics are used; sizes that do not fit. option: one out of range.
 * @see Ulyanov, Vedaldi and Lempitsky, "Instance normalization", arXiv:1607.08022; PyTorch's `instance_norm`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { instanceNorm } from '@parsimony/norms';
 * await ready();
 * await instanceNorm(tensor([[[1, 3], [10, 30]]]), { eps: 1e-12 }).output.array(); // => [[[-1, 1], [-1, 1]]]
 * ```
 */
export function instanceNorm(x: Tensor, options: InstanceNormCall = {}): BatchNormOutput {
  checkOptions('instanceNorm', options, ['weight', 'bias', 'running', 'training', 'momentum', 'eps']);
  const { weight, bias, running, training = false, momentum = 0.1, eps = 1e-5 } = options;
  checkEps('instanceNorm', eps);
  checkNumber('instanceNorm', 'momentum', momentum, { min: 0, max: 1 });
  checkBoolean('instanceNorm', 'training', training);
  const channels = checkChannels('instanceNorm', x, { weight, bias });
  checkRunning('instanceNorm', x, running);
  if (!training && running) return { output: ops.normalizeChannels(x, running.mean, running.variance, weight, bias, { eps }), running };
  if (x.size === 0) return { output: x, running };
  const samples = x.shape[0] ?? 1;
  const positions = x.size / (samples * channels);
  if (positions < 2) fail('shape', `instanceNorm: a sample's own statistics need more than one position, received shape ${showShape(x.shape)}. Use a norm over channels too (GroupNorm, LayerNorm).`);
  // Every channel of every sample is a channel of one sample.
  const { output, mean, variance } = ops.batchNorm(ops.reshape(x, [1, samples * channels, positions]), null, null, { eps });
  const y = affinePerChannel(ops.reshape(output, x.shape), weight, bias);
  if (!training || !running) return { output: y, running };
  const toward = (from: Tensor, each: Tensor, factor: number): Tensor =>
    ops.lerp(from, ops.mul(ops.mean(ops.reshape(each, [samples, channels]), { axis: 0 }), factor), momentum);
  const moved = noGrad(() => ({ mean: toward(running.mean, mean, 1), variance: toward(running.variance, variance, positions / (positions - 1)), batches: running.batches }));
  return { output: y, running: moved };
}
