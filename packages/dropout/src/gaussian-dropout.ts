/** GaussianDropout: elements multiplied by normal noise of the mean and variance that dropout's factor has. */
import { checkNumber, checkOptions, type ForwardContext, ops, random, type RngKey, type Schedule, type Tensor, tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { expectTensor } from './mask';

/** At p = 1 the variance p / (1 - p) is infinite. */
const range = { min: 0, max: 1, maxExclusive: true } as const;

export interface GaussianDropoutCall {
  /** Rate of the dropout whose variance the noise has, in [0, 1). */
  readonly p: number;
  readonly key: RngKey;
}

/**
 * y_i = x_i (1 + sqrt(p / (1 - p)) e_i), e_i ~ N(0, 1). The noise is drawn on the host, the same bits on every backend, and is
 * kept for the backward pass, since drawing it costs more than holding it.
 *
 * @param x - Any shape, float32.
 * @throws option: `p` outside [0, 1), an unknown option, or no key.
 * @see Srivastava et al., JMLR 15 (2014), section 10.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { gaussianDropout } from '@parsimony/dropout';
 * await ready();
 * gaussianDropout(ones([4]), { p: 0.2, key: random.key(1) }).shape; // => [4]
 * ```
 */
export function gaussianDropout(x: Tensor, options: GaussianDropoutCall): Tensor {
  checkOptions('gaussianDropout', options, ['p', 'key']);
  expectTensor('gaussianDropout', x);
  const p = checkNumber('gaussianDropout', 'p', options.p, range);
  if (p === 0) return x;
  const noise = random.normal(options.key, x.size, { mean: 1, std: Math.sqrt(p / (1 - p)) });
  return ops.mul(x, tensor(noise, x.shape));
}

export interface GaussianDropoutOptions {
  /** Rate of the dropout whose variance the noise has, in [0, 1): a number or a schedule of the step. Default 0.5. */
  readonly p?: Schedule;
}

/**
 * Multiplies by N(1, p / (1 - p)) in training; the identity in evaluation.
 *
 * @throws option: `p` outside [0, 1), or an unknown option.
 * @see `gaussianDropout`
 * @example
 * ```ts
 * import { ones, ready } from '@parsimony/core';
 * import { GaussianDropout } from '@parsimony/dropout';
 * await ready();
 * await new GaussianDropout({ p: 0.3 }).forward(ones([2])).array(); // => [1, 1]
 * new GaussianDropout({ p: 1 }); // throws GaussianDropout: `p` must be in [0, 1), received 1.
 * ```
 */
export class GaussianDropout extends DropLayer {
  constructor(options: GaussianDropoutOptions = {}) {
    checkOptions('GaussianDropout', options, ['p']);
    const { p = 0.5 } = options;
    super('GaussianDropout', p, { unit: 'element', range });
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return gaussianDropout(x, { p, key: ctx.key() }); }
}
