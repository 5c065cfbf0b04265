/** Layer normalization. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { checkShape, sameShape, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, expectDType } from './convert';
import { dispatch } from './dispatch';
import { mul } from './mul';
import { reshape } from './reshape';

export interface NormOptions {
  /** Added to the variance before the root; 0 or more. Default 1e-5. */
  readonly eps?: number;
}

export interface LayerNormOptions extends NormOptions {
  /** The sizes of the axes to normalize over, the last ones of x; a number stands for one axis. Default: weight's or bias's shape, or x's last axis. */
  readonly normalizedShape?: number | Shape;
}

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, with mean and biased variance over the last axes.
 *
 * @param x - [..., ...normalizedShape], float32.
 * @param weight - normalizedShape; omitted: 1.
 * @param bias - normalizedShape; omitted: 0.
 * @throws shape: x does not end in `normalizedShape`, or weight or bias has another shape.
 * @see Ba, Kiros, Hinton, "Layer normalization", arXiv:1607.06450.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.layerNorm(tensor([[1, 3]]), null, null, { eps: 0 }).array(); // => [[-1, 1]]
 * ```
 */
export function layerNorm(x: Tensor, weight?: Tensor | null, bias?: Tensor | null, options: LayerNormOptions = {}): Tensor {
  checkOptions('layerNorm', options, ['normalizedShape', 'eps']);
  const eps = checkNumber('layerNorm', 'eps', options.eps ?? 1e-5, { min: 0 });
  expectDType('layerNorm', 'x', asTensor('layerNorm', 'x', x), 'float32');
  const wanted = options.normalizedShape ?? (weight ?? bias)?.shape ?? x.shape.slice(-1);
  const shape = checkShape('layerNorm', typeof wanted === 'number' ? [wanted] : wanted);
  const lead = x.shape.slice(0, x.rank - shape.length);
  if (shape.length === 0 || !sameShape(x.shape.slice(lead.length), shape)) {
    fail('shape', `layerNorm: \`x\` must end in the axes ${showShape(shape)}, received ${showShape(x.shape)}. The axes to normalize are the last ones.`);
  }
  for (const [name, given] of [['weight', weight], ['bias', bias]] as const) {
    if (!given) continue;
    expectDType('layerNorm', name, asTensor('layerNorm', name, given), 'float32');
    if (!sameShape(given.shape, shape)) fail('shape', `layerNorm: \`${name}\` must be ${showShape(shape)}, received ${showShape(given.shape)}.`);
  }
  const [rows, n] = [sizeOf(lead), sizeOf(shape)];
  const flat = x.rank === 2 && n === x.shape[1] ? x : reshape(x, [rows, n]);
  const affine = weight && bias ? [reshape(weight, [n]), reshape(bias, [n])] : [];
  const [y] = dispatch('layerNorm', [flat, ...affine], [
    { shape: [rows, n], dtype: 'float32' }, { shape: [rows], dtype: 'float32' }, { shape: [rows], dtype: 'float32' },
  ], { scalars: [eps] });
  const out = reshape(y as Tensor, x.shape);
  if (weight && bias) return out;
  return weight ? mul(out, weight) : bias ? add(out, bias) : out;
}

/** @internal The backward pass in one kernel: dx, and with a weight dweight and dbias. All over [rows, n]. */
export function layerNormGradKernel(dy: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, weight?: Tensor): Tensor[] {
  const perFeature = { shape: [x.shape[1] ?? 0], dtype: 'float32' } as const;
  const outputs = [{ shape: x.shape, dtype: 'float32' } as const, ...(weight ? [perFeature, perFeature] : [])];
  return dispatch('layerNormGrad', [dy, x, mean, rstd, ...(weight ? [weight] : [])], outputs);
}
