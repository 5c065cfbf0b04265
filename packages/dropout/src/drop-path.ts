/** DropPath: stochastic depth by sample, for the residual branches of transformers and deep convolutional networks. */
import { checkBoolean, checkNumber, checkOptions, fail, type ForwardContext, nn, type RngKey, type Schedule, showShape, type Strength, strength, type Tensor } from '@parsimony/core';
import { probability } from './dropout';
import { applyMask, drawMask } from './mask';

export interface DropPathCall {
  /** Probability to drop a sample's branch, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
  /** Divide what is kept by 1 - p. Default true. */
  readonly scaleByKeep?: boolean;
}

/**
 * y_n = x_n m_n / (1 - p), with one m_n in {0, 1} a sample; without `scaleByKeep`, y_n = x_n m_n. p = 1 gives zeros.
 *
 * @param x - The output of a residual branch, [N, ...], float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key. shape: x without a batch axis.
 * @see Huang et al., "Deep Networks with Stochastic Depth", arXiv:1603.09382; by sample as in Larsson et al., arXiv:1605.07648.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropPath } from '@parsimony/dropout';
 * await ready();
 * const rows = await dropPath(ones([6, 2]), { p: 0.5, key: random.key(1) }).array();
 * (rows as number[][]).every(([a, b]) => a === b && (a === 0 || a === 2)); // => true
 * ```
 */
export function dropPath(x: Tensor, options: DropPathCall): Tensor {
  checkOptions('dropPath', options, ['p', 'key', 'scaleByKeep']);
  const p = checkNumber('dropPath', 'p', options.p, probability);
  const scale = checkBoolean('dropPath', 'scaleByKeep', options.scaleByKeep ?? true);
  if (x.rank === 0) fail('shape', `dropPath: \`x\` must have a batch axis, [N, ...], received ${showShape(x.shape)}.`);
  if (p === 0) return x;
  const mask = drawMask(x.shape.map((n, axis) => (axis === 0 ? n : 1)), p, options.key);
  return applyMask(x, mask, { p, scaling: scale ? 'training' : 'inference' });
}

export interface DropPathOptions {
  /** Probability to drop a sample's branch, in [0, 1]: a number or a schedule of the step. See `dropPathRates`. */
  readonly p: Schedule;
  /** Divide what is kept by 1 - p, so that evaluation is the identity. Default true. */
  readonly scaleByKeep?: boolean;
}

/**
 * Sets the whole of a sample to zero with probability p in training; the identity in evaluation. Put it last in a residual
 * branch: x + dropPath(f(x)) then skips f for that sample.
 *
 * @throws option: `p` missing or outside [0, 1], or an unknown option.
 * @example
 * ```ts
 * import { nn, random, ready, training, zeros } from '@parsimony/core';
 * import { DropPath } from '@parsimony/dropout';
 * await ready();
 * const block = new nn.Residual(new nn.Sequential(new nn.Linear(4, 4), new DropPath({ p: 0.1 }))).init(random.key(0));
 * block.forward(zeros([3, 4]), training({ key: random.key(1) })).shape; // => [3, 4]
 * ```
 */
export class DropPath extends nn.Module {
  readonly p: Schedule;
  readonly scaleByKeep: boolean;
  override readonly traits: nn.ModuleTraits;
  readonly #p: Strength;

  constructor(options: DropPathOptions) {
    super();
    checkOptions('DropPath', options, ['p', 'scaleByKeep']);
    this.#p = strength('DropPath', 'p', options.p, probability);
    this.p = this.#p.schedule;
    this.scaleByKeep = checkBoolean('DropPath', 'scaleByKeep', options.scaleByKeep ?? true);
    this.traits = { drops: { unit: 'path', p: this.p } };
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode !== 'train') return x;
    const p = this.#p.at(ctx);
    return p === 0 ? x : dropPath(x, { p, key: ctx.key(), scaleByKeep: this.scaleByKeep });
  }
}

/**
 * Rates for `depth` blocks from first to last: p_l = max l / (depth - 1), l = 0 … depth - 1. One block gets 0.
 *
 * @param depth - Number of blocks, 1 or more.
 * @param max - Rate of the last block, in [0, 1].
 * @example
 * ```ts
 * import { dropPathRates } from '@parsimony/dropout';
 * dropPathRates(5, 0.2); // => [0, 0.05, 0.1, 0.15, 0.2]
 * ```
 */
export function dropPathRates(depth: number, max: number): number[] {
  checkNumber('dropPathRates', 'depth', depth, { min: 1, integer: true });
  checkNumber('dropPathRates', 'max', max, probability);
  return Array.from({ length: depth }, (_, l) => (depth === 1 ? 0 : (max * l) / (depth - 1)));
}
