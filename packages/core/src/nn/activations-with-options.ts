/** Activations as modules, with options. */
import { checkChoice, checkNumber, checkOptions } from '../options';
import { elu, type EluOptions } from '../ops/elu';
import { gelu, type GeluOptions } from '../ops/gelu';
import { leakyRelu, type LeakyReluOptions } from '../ops/leaky-relu';
import { softplus, type SoftplusOptions } from '../ops/softplus';
import { logSoftmax } from '../ops/log-softmax';
import { softmax } from '../ops/softmax';
import type { Tensor } from '../tensor/tensor';
import { Activation } from './activations';
import { Module } from './module';

/**
 * x where x > 0, else alpha (exp(x) - 1); elementwise. `alpha`: default 1. Clevert et al., arXiv:1511.07289. `ops.elu`.
 *
 * @throws option: a bad or unknown option.
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.ELU({ alpha: 2 }).forward(tensor([3])).array(); // => [3]
 * ```
 */
export class ELU extends Activation {
  constructor(readonly options: EluOptions = {}) {
    super();
    checkOptions('ELU', options, ['alpha']);
    if (options.alpha !== undefined) checkNumber('ELU', 'alpha', options.alpha);
  }
  protected compute(x: Tensor): Tensor { return elu(x, this.options); }
}

/**
 * x times the normal distribution's function at x; elementwise. `approximate`: 'none' (default) or 'tanh'. Hendrycks and Gimpel, arXiv:1606.08415. `ops.gelu`.
 *
 * @throws option: a bad or unknown option.
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.GELU({ approximate: 'tanh' }).forward(tensor([0])).array(); // => [0]
 * ```
 */
export class GELU extends Activation {
  constructor(readonly options: GeluOptions = {}) {
    super();
    checkOptions('GELU', options, ['approximate']);
    if (options.approximate !== undefined) checkChoice('GELU', 'approximate', options.approximate, ['none', 'tanh']);
  }
  protected compute(x: Tensor): Tensor { return gelu(x, this.options); }
}

/**
 * x where x > 0, else negativeSlope x; elementwise. `negativeSlope`: default 0.01. `ops.leakyRelu`.
 *
 * @throws option: a bad or unknown option.
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.LeakyReLU({ negativeSlope: 0.5 }).forward(tensor([-2, 2])).array(); // => [-1, 2]
 * ```
 */
export class LeakyReLU extends Activation {
  constructor(readonly options: LeakyReluOptions = {}) {
    super();
    checkOptions('LeakyReLU', options, ['negativeSlope']);
    if (options.negativeSlope !== undefined) checkNumber('LeakyReLU', 'negativeSlope', options.negativeSlope);
  }
  protected compute(x: Tensor): Tensor { return leakyRelu(x, this.options); }
}

/**
 * log(1 + exp(beta x)) / beta; elementwise. `beta`: above 0, default 1. `ops.softplus`.
 *
 * @throws option: a bad or unknown option.
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Softplus({ beta: 2 }).forward(tensor([0])).array(); // => [Math.LN2 / 2]
 * ```
 */
export class Softplus extends Activation {
  constructor(readonly options: SoftplusOptions = {}) {
    super();
    checkOptions('Softplus', options, ['beta']);
    if (options.beta !== undefined) checkNumber('Softplus', 'beta', options.beta, { min: 0, minExclusive: true });
  }
  protected compute(x: Tensor): Tensor { return softplus(x, this.options); }
}

export interface SoftmaxOptions {
  /** Default -1, the last. */
  readonly axis?: number;
}

const axisOf = (where: string, options: SoftmaxOptions): number => {
  checkOptions(where, options, ['axis']);
  return checkNumber(where, 'axis', options.axis ?? -1, { integer: true });
};

/**
 * The logarithm of softmax along `axis` (default -1). `ops.logSoftmax`. Not before `losses.crossEntropy`, which takes scores.
 *
 * @throws option: a bad or unknown option.
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.LogSoftmax().forward(tensor([3, 3])).array(); // => [-Math.LN2, -Math.LN2]
 * ```
 */
export class LogSoftmax extends Module {
  readonly axis: number;
  constructor(options: SoftmaxOptions = {}) {
    super();
    this.axis = axisOf('LogSoftmax', options);
  }
  protected compute(x: Tensor): Tensor { return logSoftmax(x, this.axis); }
}

/**
 * exp(x) / sum(exp(x)) along `axis` (default -1). `ops.softmax`. Not before `losses.crossEntropy`, which takes scores.
 *
 * @throws option: a bad or unknown option.
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Softmax().forward(tensor([3, 3])).array(); // => [0.5, 0.5]
 * ```
 */
export class Softmax extends Module {
  readonly axis: number;
  constructor(options: SoftmaxOptions = {}) {
    super();
    this.axis = axisOf('Softmax', options);
  }
  protected compute(x: Tensor): Tensor { return softmax(x, this.axis); }
}
