/** Layer normalization as a module. */
import { fail, show } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { layerNorm } from '../ops/layer-norm';
import type { Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { ones, zeros } from './init';
import { Module } from './module';

export interface LayerNormOptions {
  /** Added to the variance before the root; 0 or more. Default 1e-5. */
  readonly eps?: number;
  /** Learn a weight (from 1) and a bias (from 0) for each normalized element. Default true. */
  readonly elementwiseAffine?: boolean;
  /** With `elementwiseAffine`, learn the bias too. Default true. */
  readonly bias?: boolean;
}

/**
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, with mean and biased variance over the last axes of each sample; the
 * same in training and evaluation.
 *
 * Input and output [..., ...normalizedShape]. State: `weight` and `bias`, of the normalized shape.
 *
 * @param normalizedShape - The sizes of the axes normalized over, the last ones of x; a number stands for one axis.
 * @throws option: a bad size or option. shape: an input that does not end in `normalizedShape`.
 * @see Ba, Kiros, Hinton, "Layer normalization", arXiv:1607.06450.
 * @example
 * ```ts
 * import { nn, random, ready, tensor } from '@parsimony/core';
 * await ready();
 * const layer = new nn.LayerNorm(2, { eps: 0 }).init(random.key(0));
 * await layer.forward(tensor([[1, 3]])).array(); // => [[-1, 1]]
 * ```
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;

  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    super();
    checkOptions('LayerNorm', options, ['eps', 'elementwiseAffine', 'bias']);
    const shape: readonly unknown[] = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    if (!Array.isArray(shape) || shape.length === 0 || !shape.every((n) => Number.isInteger(n) && n >= 1)) {
      fail('option', `LayerNorm: \`normalizedShape\` must be a whole number of at least 1 or a list of them, received ${show(normalizedShape)}.`);
    }
    this.normalizedShape = shape as number[];
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    this.eps = checkNumber('LayerNorm', 'eps', eps, { min: 0 });
    checkBoolean('LayerNorm', 'bias', bias);
    if (checkBoolean('LayerNorm', 'elementwiseAffine', elementwiseAffine)) {
      this.parameter('weight', this.normalizedShape, ones);
      if (bias) this.parameter('bias', this.normalizedShape, zeros);
    }
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const value = (name: string): Tensor | null => (this.hasParameter(name) ? this.param(name, ctx) : null);
    return layerNorm(x, value('weight'), value('bias'), { normalizedShape: this.normalizedShape, eps: this.eps });
  }
}
