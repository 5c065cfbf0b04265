/** AlphaDropout: dropped elements become SELU's negative limit, and mean 0 and variance 1 stay. */
import { checkOptions, type ForwardContext, ops, type RngKey, type Schedule, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, expectTensor } from './mask';

/** SELU's limit at minus infinity, -scale alpha, as PyTorch writes it. */
const limit = -1.7580993408473766;

/**
 * a (x m + a' (1 - m)) + b, written as a m (x - a') + (a a' + b): `mask` multiplies by m, so dropping stays a linear map. The test
 * against PyTorch gives the masks that PyTorch drew.
 */
export function alphaForm(x: Tensor, p: number, mask: (x: Tensor) => Tensor): Tensor {
  // Variance 1 cannot be had of nothing; PyTorch gives zeros.
  if (p === 1) return ops.mul(x, 0);
  const a = ((1 - p) * (1 + p * limit ** 2)) ** -0.5;
  const b = -a * limit * p;
  return ops.add(ops.mul(mask(ops.sub(x, limit)), a), a * limit + b);
}

export interface AlphaDropoutCall {
  /** Probability to drop, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
}

/**
 * y_i = a (x_i m_i + a' (1 - m_i)) + b, with m_i = 0 with probability p, a' = -1.7581, a = ((1 - p) (1 + p a'^2))^(-1/2) and
 * b = -a a' p: of mean 0 and variance 1 if x is. p = 1 gives zeros.
 *
 * @param x - Any shape, float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key.
 * @see Klambauer et al., "Self-Normalizing Neural Networks", arXiv:1706.02515.
 * @example
 * ```ts
 * import { random, ready, zeros } from '@parsimony/core';
 * import { alphaDropout } from '@parsimony/dropout';
 * await ready();
 * const y = await alphaDropout(zeros([100]), { p: 0.5, key: random.key(1) }).data();
 * Array.from(new Set(y), (v) => v.toFixed(4)).sort(); // => ['-0.7792', '0.7792']
 * ```
 */
export function alphaDropout(x: Tensor, options: AlphaDropoutCall): Tensor {
  checkOptions('alphaDropout', options, ['p', 'key']);
  const p = checkRate('alphaDropout', options.p);
  expectTensor('alphaDropout', x);
  return p === 0 ? x : alphaForm(x, p, (v) => ops.mul(ops.dropout(v, p, options.key), 1 - p));
}

export interface AlphaDropoutOptions {
  /** Probability to drop, in [0, 1]: a number or a schedule of the step. Default 0.5. */
  readonly p?: Schedule;
}

/**
 * Dropout for SELU networks: keeps mean and variance in training; the identity in evaluation.
 *
 * @throws option: `p` outside [0, 1], or an unknown option.
 * @see `alphaDropout`
 * @example
 * ```ts
 * import { nn, random, ready, training, zeros } from '@parsimony/core';
 * import { AlphaDropout } from '@parsimony/dropout';
 * await ready();
 * const model = new nn.Sequential(new nn.Linear(4, 8), new nn.SELU(), new AlphaDropout({ p: 0.1 })).init(random.key(0));
 * model.forward(zeros([2, 4]), training({ key: random.key(1) })).shape; // => [2, 8]
 * ```
 */
export class AlphaDropout extends DropLayer {
  constructor(options: AlphaDropoutOptions = {}) {
    checkOptions('AlphaDropout', options, ['p']);
    const { p = 0.5 } = options;
    super('AlphaDropout', p, { unit: 'element' });
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return alphaDropout(x, { p, key: ctx.key() }); }
}
