/** The dense layer. */
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { linear } from '../ops/linear';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { defaultBias, defaultWeight } from './init';
import { Module } from './module';

export interface LinearOptions {
  /** Learn a bias. Default true. */
  readonly bias?: boolean;
}

/**
 * y = x W^T + b.
 *
 * Input [..., inFeatures], output [..., outFeatures]. State: `weight` [out, in] and `bias` [out], both uniform within
 * 1 / sqrt(inFeatures) at first.
 *
 * @throws option: sizes that are not whole numbers of 1 or more, an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.Linear(784, 512, { bias: false }).init(random.key(0));
 * layer.forward(zeros([2, 784])).shape; // => [2, 512]
 * ```
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkOptions('Linear', options, ['bias']);
    this.inFeatures = checkNumber('Linear', 'inFeatures', inFeatures, { min: 1, integer: true });
    this.outFeatures = checkNumber('Linear', 'outFeatures', outFeatures, { min: 1, integer: true });
    const shape = [outFeatures, inFeatures];
    this.parameter('weight', shape, defaultWeight);
    if (checkBoolean('Linear', 'bias', options.bias ?? true)) this.parameter('bias', [outFeatures], defaultBias(shape));
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return linear(x, this.param('weight', ctx), this.hasParameter('bias') ? this.param('bias', ctx) : null);
  }
}
