/** PatchDropout: tokens of a vision transformer left out at random while training, so that steps cost less too. */
import { checkBoolean, checkNumber, checkOptions, fail, type ForwardContext, ops, random, type RngKey, type Schedule, type Tensor, tensor, zeros } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, expectRank, linearMap } from './mask';

export interface PatchDropoutCall {
  /** Share of the tokens to drop, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
  /** Tokens at the start that are always kept: class token, registers. Default 1. */
  readonly numPrefixTokens?: number;
  /** Keep the order of those that stay. Default false, as in timm: positions are in the tokens already. */
  readonly ordered?: boolean;
}

/** Of each of `rows`, `kept` of 0 … n - 1, every subset (and order) as likely as another: the start of a Fisher-Yates shuffle. */
export function drawSubsets(rows: number, n: number, kept: number, key: RngKey, ordered: boolean): Int32Array[] {
  const draw = random.integers(key);
  const all = new Int32Array(n);
  return Array.from({ length: rows }, () => {
    for (let i = 0; i < n; i++) all[i] = i;
    for (let i = 0; i < kept; i++) {
      const j = i + draw(n - i);
      [all[i], all[j]] = [all[j] as number, all[i] as number];
    }
    const subset = all.slice(0, kept);
    return ordered ? subset.sort() : subset;
  });
}

/** floor((1 - p) n), at least one. The margin is for products such as (1 - .9) 100, a little under 10 in floating point. */
export const keptTokens = (p: number, n: number): number => Math.max(1, Math.floor((1 - p) * n + 1e-9));

/**
 * y_n = the prefix of x_n and max(1, floor((1 - p) L)) of its L other tokens, each sample's own, nothing rescaled.
 *
 * @param x - [N, prefix + L, D], float32.
 * @returns [N, prefix + max(1, floor((1 - p) L)), D].
 * @throws option: `p` outside [0, 1], a prefix that is no whole number of 0 or more, an unknown option, or no key. shape: x of another
 * rank, or with less tokens than the prefix.
 * @see Liu et al., "PatchDropout: Economizing Vision Transformers Using Patch Dropout", arXiv:2208.07220; Li et al., arXiv:2212.00794.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { patchDropout } from '@parsimony/dropout';
 * await ready();
 * patchDropout(ones([2, 1 + 16, 8]), { p: 0.25, key: random.key(1) }).shape; // => [2, 13, 8]
 * ```
 */
export function patchDropout(x: Tensor, options: PatchDropoutCall): Tensor {
  checkOptions('patchDropout', options, ['p', 'key', 'numPrefixTokens', 'ordered']);
  const { numPrefixTokens = 1, ordered = false } = options;
  const p = checkRate('patchDropout', options.p);
  const prefix = checkNumber('patchDropout', 'numPrefixTokens', numPrefixTokens, { min: 0, integer: true });
  checkBoolean('patchDropout', 'ordered', ordered);
  const [rows = 0, tokens = 0, width = 0] = expectRank('patchDropout', x, [3], '[N, tokens, D]').shape;
  if (tokens < prefix) fail('shape', `patchDropout: \`x\` has ${tokens} tokens, less than the ${prefix} of \`numPrefixTokens\`.`);
  const patches = tokens - prefix;
  const kept = keptTokens(p, patches);
  if (p === 0 || kept >= patches) return x;
  const places = (): Tensor => {
    const index = new Int32Array(rows * (prefix + kept));
    drawSubsets(rows, patches, kept, options.key, ordered).forEach((subset, n) => {
      for (let i = 0; i < prefix; i++) index[n * (prefix + kept) + i] = n * tokens + i;
      subset.forEach((at, i) => { index[n * (prefix + kept) + prefix + i] = n * tokens + prefix + at; });
    });
    return tensor(index);
  };
  return linearMap(
    (v) => ops.reshape(ops.indexSelect(ops.reshape(v, [rows * tokens, width]), 0, places()), [rows, prefix + kept, width]),
    (dy) => ops.reshape(ops.indexAdd(zeros([rows * tokens, width]), 0, places(), ops.reshape(dy, [rows * (prefix + kept), width])), x.shape),
  )(x);
}

export interface PatchDropoutOptions {
  /** Share of the tokens to drop, in [0, 1]: a number or a schedule of the step. Default 0.5. */
  readonly p?: Schedule;
  /** Tokens at the start that are always kept: class token, registers. Default 1. */
  readonly numPrefixTokens?: number;
  /** Keep the order of those that stay. Default false. */
  readonly ordered?: boolean;
}

/**
 * Leaves out a share p of the tokens of each sample in training, so the output is shorter; the identity in evaluation. Put it
 * behind the addition of position embeddings.
 *
 * @throws option: as `patchDropout`. shape, in training: another rank.
 * @see `patchDropout`
 * @example
 * ```ts
 * import { ones, random, ready, training } from '@parsimony/core';
 * import { PatchDropout } from '@parsimony/dropout';
 * await ready();
 * const layer = new PatchDropout({ p: 0.5 });
 * layer.forward(ones([2, 17, 8]), training({ key: random.key(1) })).shape; // => [2, 9, 8]
 * layer.forward(ones([2, 17, 8])).shape; // => [2, 17, 8]
 * ```
 */
export class PatchDropout extends DropLayer {
  readonly numPrefixTokens: number;
  readonly ordered: boolean;

  constructor(options: PatchDropoutOptions = {}) {
    checkOptions('PatchDropout', options, ['p', 'numPrefixTokens', 'ordered']);
    const { p = 0.5, numPrefixTokens = 1, ordered = false } = options;
    super('PatchDropout', p, { unit: 'token' });
    this.numPrefixTokens = checkNumber('PatchDropout', 'numPrefixTokens', numPrefixTokens, { min: 0, integer: true });
    this.ordered = checkBoolean('PatchDropout', 'ordered', ordered);
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
    return patchDropout(x, { p, numPrefixTokens: this.numPrefixTokens, ordered: this.ordered, key: ctx.key() });
  }
}
