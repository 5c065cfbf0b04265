/** Batch normalization: with the batch's own statistics, and with given ones. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, expectDType } from './convert';
import { dispatch } from './dispatch';
import type { NormOptions } from './layer-norm';
import { mul } from './mul';
import { reshape } from './reshape';
import { rsqrt } from './rsqrt';
import { sub } from './sub';

export interface BatchNormResult {
  /** Of x's shape. */
  readonly output: Tensor;
  /** [C]: of this batch. */
  readonly mean: Tensor;
  /** [C]: of this batch, biased (divided by the number of elements). */
  readonly variance: Tensor;
}

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias with the mean and the biased variance of each channel over the batch
 * and every other axis. What to do with running averages is the caller's affair; the statistics are returned for it.
 *
 * @param x - [N, C, ...], float32.
 * @param weight - [C]; omitted: 1.
 * @param bias - [C]; omitted: 0.
 * @throws shape: x with fewer than two axes or no element a channel, or weight or bias of another shape.
 * @see Ioffe, Szegedy, "Batch normalization", arXiv:1502.03167.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const { output, mean, variance } = ops.batchNorm(tensor([[1], [3]]), null, null, { eps: 0 });
 * await output.array(); // => [[-1], [1]]
 * await mean.array(); // => [2]
 * await variance.array(); // => [1]
 * ```
 */
export function batchNorm(x: Tensor, weight?: Tensor | null, bias?: Tensor | null, options: NormOptions = {}): BatchNormResult {
  checkOptions('batchNorm', options, ['eps']);
  const eps = checkNumber('batchNorm', 'eps', options.eps ?? 1e-5, { min: 0 });
  const channels = checkChannels('batchNorm', x, { weight, bias });
  if (x.size === 0) fail('shape', `batchNorm: \`x\` must have at least one element a channel, received ${showShape(x.shape)}.`);
  const flat = x.rank === 3 ? x : reshape(x, [x.shape[0] ?? 0, channels, sizeOf(x.shape.slice(2))]);
  const perChannel = { shape: [channels], dtype: 'float32' } as const;
  const affine = weight && bias ? [weight, bias] : [];
  const [y, mean, variance] = dispatch('batchNorm', [flat, ...affine], [{ shape: flat.shape, dtype: 'float32' }, perChannel, perChannel], { scalars: [eps] }) as [Tensor, Tensor, Tensor];
  const out = x.rank === 3 ? y : reshape(y, x.shape);
  const output = weight && bias ? out : weight ? mul(out, perAxis1(weight, x.rank)) : bias ? add(out, perAxis1(bias, x.rank)) : out;
  return { output, mean, variance };
}

/**
 * Batch normalization with given statistics, as in evaluation: (x - mean) / sqrt(variance + eps) * weight + bias.
 *
 * @param x - [N, C, ...], float32.
 * @param mean - [C].
 * @param variance - [C].
 * @param weight - [C]; omitted: 1.
 * @param bias - [C]; omitted: 0.
 * @throws shape: x with fewer than two axes, or another tensor that is not [C].
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.normalizeChannels(tensor([[5]]), tensor([1]), tensor([4]), null, null, { eps: 0 }).array(); // => [[2]]
 * ```
 */
export function normalizeChannels(x: Tensor, mean: Tensor, variance: Tensor, weight?: Tensor | null, bias?: Tensor | null, options: NormOptions = {}): Tensor {
  checkOptions('normalizeChannels', options, ['eps']);
  const eps = checkNumber('normalizeChannels', 'eps', options.eps ?? 1e-5, { min: 0 });
  checkChannels('normalizeChannels', x, { mean, variance, weight, bias });
  // On [C] first, so that only one product and one sum run over x.
  const rstd = rsqrt(add(variance, eps));
  const scale = weight ? mul(rstd, weight) : rstd;
  const shift = bias ? sub(bias, mul(mean, scale)) : mul(mul(mean, scale), -1);
  return add(mul(x, perAxis1(scale, x.rank)), perAxis1(shift, x.rank));
}

/** @internal The backward pass in one kernel: dx, and with a weight dweight and dbias. All over [N, C, S]. */
export function batchNormGradKernel(dy: Tensor, x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor | undefined, eps: number): Tensor[] {
  const perChannel = { shape: mean.shape, dtype: 'float32' } as const;
  const outputs = [{ shape: x.shape, dtype: 'float32' } as const, ...(weight ? [perChannel, perChannel] : [])];
  return dispatch('batchNormGrad', [dy, x, mean, variance, ...(weight ? [weight] : [])], outputs, { scalars: [eps] });
}

/** [C] as it broadcasts against [N, C, ...]. */
const perAxis1 = (x: Tensor, rank: number): Tensor => (rank === 2 ? x : reshape(x, [x.size, ...new Array<number>(rank - 2).fill(1)]));

function checkChannels(where: string, x: Tensor, others: Readonly<Record<string, Tensor | null | undefined>>): number {
  expectDType(where, 'x', asTensor(where, 'x', x), 'float32');
  if (x.rank < 2) fail('shape', `${where}: \`x\` must be [N, C, ...], received ${showShape(x.shape)}.`);
  const channels = x.shape[1] ?? 0;
  for (const [name, given] of Object.entries(others)) {
    if (!given) continue;
    expectDType(where, name, asTensor(where, name, given), 'float32');
    if (given.rank !== 1 || given.size !== channels) fail('shape', `${where}: \`${name}\` must be [${channels}], one number a channel of ${showShape(x.shape)}, received ${showShape(given.shape)}.`);
  }
  return channels;
}
