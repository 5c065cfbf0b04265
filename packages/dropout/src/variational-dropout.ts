/** VariationalDropout (locked dropout): one mask for all steps of a sequence. */
import { checkBoolean, checkOptions, type ForwardContext, type RngKey, type Schedule, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, dropUnits, expectRank, unitShape } from './mask';

export interface VariationalDropoutCall {
  /** Probability to drop, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
  /** x is [N, L, D] rather than [L, N, D]. Default false. */
  readonly batchFirst?: boolean;
}

/**
 * y_tnd = x_tnd m_nd / (1 - p), with one m_nd a sample and feature, 0 with probability p, for all steps t. The mask does not depend
 * on the length, so sequences of other lengths, or padded ones, see the same. p = 1 gives zeros.
 *
 * @param x - [L, N, D], [N, L, D] with `batchFirst`, or [L, D] for one sample; float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key. shape: x of another rank.
 * @see Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks", arXiv:1512.05287.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { variationalDropout } from '@parsimony/dropout';
 * await ready();
 * const [first, second] = await variationalDropout(ones([2, 8]), { p: 0.5, key: random.key(1) }).array() as number[][];
 * String(first) === String(second); // => true
 * ```
 */
export function variationalDropout(x: Tensor, options: VariationalDropoutCall): Tensor {
  checkOptions('variationalDropout', options, ['p', 'key', 'batchFirst']);
  const { batchFirst = false } = options;
  const p = checkRate('variationalDropout', options.p);
  checkBoolean('variationalDropout', 'batchFirst', batchFirst);
  expectRank('variationalDropout', x, [2, 3], `${batchFirst ? '[N, L, D]' : '[L, N, D]'}, or [L, D] for one sample`);
  const shape = x.rank === 2 ? unitShape(x, 1) : batchFirst ? unitShape(x, 0, 2) : unitShape(x, 1, 2);
  return dropUnits(x, shape, { p, key: options.key });
}

export interface VariationalDropoutOptions {
  /** Probability to drop, in [0, 1]: a number or a schedule of the step. Default 0.5. */
  readonly p?: Schedule;
  /** Sequences are [N, L, D] rather than [L, N, D]. Default false, as in `nn.LSTM`. */
  readonly batchFirst?: boolean;
}

/**
 * Drops the same features at every step of a sequence in training; the identity in evaluation.
 *
 * @throws option: `p` outside [0, 1], or an unknown option. shape, in training: another rank.
 * @see `variationalDropout`
 * @example
 * ```ts
 * import { ones, random, ready, training } from '@parsimony/core';
 * import { VariationalDropout } from '@parsimony/dropout';
 * await ready();
 * const layer = new VariationalDropout({ p: 0.3, batchFirst: true });
 * layer.forward(ones([4, 7, 8]), training({ key: random.key(1) })).shape; // => [4, 7, 8]
 * ```
 */
export class VariationalDropout extends DropLayer {
  readonly batchFirst: boolean;

  constructor(options: VariationalDropoutOptions = {}) {
    checkOptions('VariationalDropout', options, ['p', 'batchFirst']);
    const { p = 0.5, batchFirst = false } = options;
    super('VariationalDropout', p, { unit: 'element' });
    this.batchFirst = checkBoolean('VariationalDropout', 'batchFirst', batchFirst);
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
    return variationalDropout(x, { p, batchFirst: this.batchFirst, key: ctx.key() });
  }
}
