/** DropPath: stochastic depth by sample, for the residual branches of transformers and deep convolutional networks. */
import { checkBoolean, checkOptions, fail, type ForwardContext, type RngKey, type Schedule, showShape, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, dropUnits, expectTensor, unitShape } from './mask';

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
  const { scaleByKeep = true } = options;
  const p = checkRate('dropPath', options.p);
  const scale = checkBoolean('dropPath', 'scaleByKeep', scaleByKeep);
  if (expectTensor('dropPath', x).rank === 0) fail('shape', `dropPath: \`x\` must have a batch axis, [N, ...], received ${showShape(x.shape)}.`);
  return dropUnits(x, unitShape(x, 0), { p, key: options.key, scaling: scale ? 'training' : 'inference' });
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
 * @throws option: `p` missing or outside [0, 1], or an unknown option. shape, in training: an input without axes.
 * @see `dropPath`
 * @example
 * ```ts
 * import { nn, random, ready, training, zeros } from '@parsimony/core';
 * import { DropPath } from '@parsimony/dropout';
 * await ready();
 * const block = new nn.Residual(new nn.Sequential(new nn.Linear(4, 4), new DropPath({ p: 0.1 }))).init(random.key(0));
 * block.forward(zeros([3, 4]), training({ key: random.key(1) })).shape; // => [3, 4]
 * ```
 */
export class DropPath extends DropLayer {
  readonly scaleByKeep: boolean;

  constructor(options: DropPathOptions) {
    checkOptions('DropPath', options, ['p', 'scaleByKeep']);
    const { scaleByKeep = true } = options;
    super('DropPath', options.p, { unit: 'path' });
    this.scaleByKeep = checkBoolean('DropPath', 'scaleByKeep', scaleByKeep);
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return dropPath(x, { p, key: ctx.key(), scaleByKeep: this.scaleByKeep }); }
}
