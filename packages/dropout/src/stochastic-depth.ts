/** StochasticDepth: residual branches skipped at random while training, for the whole batch or by sample. */
import { checkChoice, checkOptions, type ForwardContext, ops, type RngKey, type Schedule, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, checkScaling, dropUnits, expectRank, type Scaling, unitShape } from './mask';

/** `batch`: one draw for the whole batch. `row`: one a sample. */
export type DropMode = 'batch' | 'row';

/** @internal */
export const checkMode = (where: string, value: unknown): DropMode => checkChoice(where, 'mode', value, ['batch', 'row']);

export interface StochasticDepthCall {
  /** Probability to drop the branch, in [0, 1]. */
  readonly p: number;
  readonly mode: DropMode;
  readonly key: RngKey;
  /** Default `'training'`. */
  readonly scaling?: Scaling;
}

/**
 * y = x m / (1 - p), with one m in {0, 1} for the batch or each row, 0 with probability p; `scaling: 'inference'` leaves the
 * division out, as the paper does. p = 1 gives zeros.
 *
 * @param x - The output of a residual branch, [N, ...], float32.
 * @throws option: `p` outside [0, 1], no mode, an unknown option, or no key. shape: x without a batch axis.
 * @see Huang et al., "Deep Networks with Stochastic Depth", arXiv:1603.09382; torchvision's `stochastic_depth`.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { stochasticDepth } from '@parsimony/dropout';
 * await ready();
 * const y = await stochasticDepth(ones([6]), { p: 0.5, mode: 'batch', key: random.key(1) }).data();
 * new Set(y).size; // => 1
 * ```
 */
export function stochasticDepth(x: Tensor, options: StochasticDepthCall): Tensor {
  checkOptions('stochasticDepth', options, ['p', 'mode', 'key', 'scaling']);
  const { scaling = 'training' } = options;
  const p = checkRate('stochasticDepth', options.p);
  const mode = checkMode('stochasticDepth', options.mode);
  checkScaling('stochasticDepth', scaling);
  expectRank('stochasticDepth', x, [1, 2, 3, 4, 5, 6], '[N, ...]');
  return dropUnits(x, mode === 'row' ? unitShape(x, 0) : unitShape(x), { p, key: options.key, scaling });
}

export interface StochasticDepthOptions {
  /** Probability to drop the branch, in [0, 1]: a number or a schedule of the step. See `setDropPathRates`. */
  readonly p: Schedule;
  /** One draw for the whole batch, as in the paper, or one a sample. */
  readonly mode: DropMode;
  /** When the rescaling by 1 - p happens: `'inference'` is the paper's. Default `'training'`, torchvision's. */
  readonly scaling?: Scaling;
}

/**
 * Skips a residual branch with probability p in training. In evaluation it is the identity, or with `scaling: 'inference'`
 * multiplies by the survival probability 1 - p. Put it last in the branch: x + stochasticDepth(f(x)).
 *
 * @throws option: `p` missing or outside [0, 1], no `mode`, or an unknown option.
 * @see `stochasticDepth`
 * @example
 * ```ts
 * import { nn, random, ready, tensor, training, zeros } from '@parsimony/core';
 * import { StochasticDepth } from '@parsimony/dropout';
 * await ready();
 * const block = new nn.Residual(new nn.Sequential(new nn.Linear(4, 4), new StochasticDepth({ p: 0.2, mode: 'row' }))).init(random.key(0));
 * block.forward(zeros([3, 4]), training({ key: random.key(1) })).shape; // => [3, 4]
 * await new StochasticDepth({ p: 0.2, mode: 'batch', scaling: 'inference' }).forward(tensor([5])).array(); // => [4]
 * ```
 */
export class StochasticDepth extends DropLayer {
  readonly mode: DropMode;
  readonly scaling: Scaling;

  constructor(options: StochasticDepthOptions) {
    checkOptions('StochasticDepth', options, ['p', 'mode', 'scaling']);
    const { scaling = 'training' } = options;
    super('StochasticDepth', options.p, { unit: 'path' });
    this.mode = checkMode('StochasticDepth', options.mode);
    this.scaling = checkScaling('StochasticDepth', scaling);
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
    return stochasticDepth(x, { p, mode: this.mode, key: ctx.key(), scaling: this.scaling });
  }

  protected override evaluate(x: Tensor, p: number): Tensor { return this.scaling === 'inference' && p > 0 ? ops.mul(x, 1 - p) : x; }
}
