/** EmbeddingDropout: whole words of the vocabulary dropped at random while training. */
import { checkOptions, type nn, type RngKey, type Schedule, type Tensor } from '@parsimony/core';
import { checkRate, dropUnits, expectRank, unitShape } from './mask';
import { MaskedWeights, matchWeights, type WeightPatterns } from './masked-weights';

export interface EmbeddingDropoutCall {
  /** Probability to drop a word, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
}

/**
 * W'_v = W_v m_v / (1 - p), with one m_v a word of the vocabulary, 0 with probability p: wherever a dropped word occurs in the batch its
 * vector is 0. p = 1 gives zeros.
 *
 * @param weight - The table, [V, D], float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key. shape: not two axes.
 * @see Gal and Ghahramani, arXiv:1512.05287, section 4.2; Merity et al., arXiv:1708.02182.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { embeddingDropout } from '@parsimony/dropout';
 * await ready();
 * const rows = await embeddingDropout(ones([6, 2]), { p: 0.5, key: random.key(1) }).array() as number[][];
 * rows.every(([a, b]) => a === b && (a === 0 || a === 2)); // => true
 * ```
 */
export function embeddingDropout(weight: Tensor, options: EmbeddingDropoutCall): Tensor {
  checkOptions('embeddingDropout', options, ['p', 'key']);
  const p = checkRate('embeddingDropout', options.p);
  expectRank('embeddingDropout', weight, [2], 'a table [V, D]');
  return dropUnits(weight, unitShape(weight, 0), { p, key: options.key });
}

export interface EmbeddingDropoutOptions {
  /** Probability to drop a word, in [0, 1]: a number or a schedule of the step. Default 0.1, AWD-LSTM's. */
  readonly p?: Schedule;
  /** Globs of the layer's parameter paths, each a table [V, D]. Default `'**.weight'`. */
  readonly weights?: WeightPatterns;
}

/**
 * An embedding some words of which are dropped in training, all their occurrences together; in evaluation the embedding as it is.
 * Its state is under `layer.`.
 *
 * @throws option: no module, `p` outside [0, 1], a glob that names no parameter, or an unknown option.
 * @see `embeddingDropout`
 * @example
 * ```ts
 * import { nn, random, ready, tensor, training } from '@parsimony/core';
 * import { EmbeddingDropout } from '@parsimony/dropout';
 * await ready();
 * const words = new EmbeddingDropout(new nn.Embedding(100, 8), { p: 0.1 }).init(random.key(0));
 * words.forward(tensor([[3, 14, 15]], { dtype: 'int32' }), training({ key: random.key(1) })).shape; // => [1, 3, 8]
 * ```
 */
export class EmbeddingDropout<I = Tensor, O = Tensor> extends MaskedWeights<I, O> {
  constructor(layer: nn.Module<I, O>, options: EmbeddingDropoutOptions = {}) {
    checkOptions('EmbeddingDropout', options, ['p', 'weights']);
    const { p = 0.1, weights = '**.weight' } = options;
    super('EmbeddingDropout', { layer, p, unit: 'token', mask: embeddingDropout },
      () => matchWeights('EmbeddingDropout', layer, weights));
  }
}
