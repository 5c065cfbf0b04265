/** WordDropout: tokens of the input replaced by the unknown word at random while training. */
import { checkNumber, checkOptions, fail, type ForwardContext, isTensor, ops, type RngKey, type Schedule, show, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, drawMask } from './mask';

export interface WordDropoutCall {
  /** Probability to replace a token, in [0, 1]. */
  readonly p: number;
  /** Number of the unknown word. */
  readonly unkIdx: number;
  readonly key: RngKey;
  /** Numbers of tokens that are never replaced: padding, beginning, end. Default none. */
  readonly exclude?: readonly number[];
}

const word = { min: 0, integer: true } as const;

function checkExclude(where: string, exclude: readonly number[] = []): readonly number[] {
  if (!Array.isArray(exclude)) fail('option', `${where}: \`exclude\` must be a list of numbers of tokens, received ${show(exclude)}.`);
  return exclude.map((token, i) => checkNumber(where, `exclude[${i}]`, token, word));
}

/**
 * y_i = unk where m_i = 0, x_i elsewhere, with m_i = 0 with probability p for each token by itself, and never for excluded ones.
 *
 * @param x - Numbers of tokens, any shape, int32.
 * @throws option: `p` outside [0, 1], a bad `unkIdx` or `exclude`, an unknown option, or no key. dtype: x is not int32.
 * @see Iyyer et al., "Deep Unordered Composition Rivals Syntactic Methods for Text Classification", ACL 2015; Bowman et al.,
 * arXiv:1511.06349.
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { wordDropout } from '@parsimony/dropout';
 * await ready();
 * const x = tensor([[2, 7, 8, 0]], { dtype: 'int32' });
 * await wordDropout(x, { p: 1, unkIdx: 1, exclude: [0, 2], key: random.key(0) }).array(); // => [[2, 1, 1, 0]]
 * ```
 */
export function wordDropout(x: Tensor, options: WordDropoutCall): Tensor {
  checkOptions('wordDropout', options, ['p', 'unkIdx', 'key', 'exclude']);
  const p = checkRate('wordDropout', options.p);
  const unkIdx = checkNumber('wordDropout', 'unkIdx', options.unkIdx, word);
  const exclude = checkExclude('wordDropout', options.exclude);
  if (!isTensor(x) || x.dtype !== 'int32') fail('dtype', `wordDropout: \`x\` must be an int32 tensor of token numbers, received ${isTensor(x) ? x.dtype : show(x)}.`);
  if (p === 0) return x;
  const kept = exclude.reduce((keep, token) => ops.logicalOr(keep, ops.equal(x, token)), ops.cast(drawMask(x.shape, p, options.key), 'bool'));
  return ops.where(kept, x, unkIdx);
}

export interface WordDropoutOptions {
  /** Probability to replace a token, in [0, 1]: a number or a schedule of the step. */
  readonly p: Schedule;
  /** Number of the unknown word. */
  readonly unkIdx: number;
  /** Numbers of tokens that are never replaced: padding, beginning, end. Default none. */
  readonly exclude?: readonly number[];
}

/**
 * Replaces tokens by the unknown word in training; the identity in evaluation. Put it before the embedding.
 *
 * @throws option: `p` missing or outside [0, 1], a bad `unkIdx` or `exclude`, or an unknown option. dtype, in training: x is not int32.
 * @see `wordDropout`
 * @example
 * ```ts
 * import { nn, random, ready, tensor } from '@parsimony/core';
 * import { WordDropout } from '@parsimony/dropout';
 * await ready();
 * const model = new nn.Sequential(new WordDropout({ p: 0.1, unkIdx: 1, exclude: [0] }), new nn.Embedding(10, 4)).init(random.key(0));
 * model.forward(tensor([[5, 6, 0]], { dtype: 'int32' })).shape; // => [1, 3, 4]
 * ```
 */
export class WordDropout extends DropLayer {
  readonly unkIdx: number;
  readonly exclude: readonly number[];

  constructor(options: WordDropoutOptions) {
    checkOptions('WordDropout', options, ['p', 'unkIdx', 'exclude']);
    super('WordDropout', options.p, { unit: 'token' });
    this.unkIdx = checkNumber('WordDropout', 'unkIdx', options.unkIdx, word);
    this.exclude = checkExclude('WordDropout', options.exclude);
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
    return wordDropout(x, { p, unkIdx: this.unkIdx, exclude: this.exclude, key: ctx.key() });
  }
}
