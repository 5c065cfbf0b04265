/** Dropout: elements set to zero at random while training. */
import { checkOptions, type ForwardContext, ops, type RngKey, type Schedule, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkScaling, type Scaling } from './mask';

export interface DropoutCall {
  /** Probability to drop, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
  /** Default `'training'`. */
  readonly scaling?: Scaling;
}

/**
 * y_i = x_i m_i / (1 - p), with m_i = 0 with probability p and 1 otherwise; `scaling: 'inference'` leaves the division out.
 *
 * @param x - Any shape, float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key.
 * @see Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15 (2014).
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropout } from '@parsimony/dropout';
 * await ready();
 * const y = dropout(ones([8]), { p: 0.5, key: random.key(1) });
 * (await y.data()).every((v) => v === 0 || v === 2); // => true
 * ```
 */
export function dropout(x: Tensor, options: DropoutCall): Tensor {
  checkOptions('dropout', options, ['p', 'key', 'scaling']);
  const { scaling = 'training' } = options;
  const y = ops.dropout(x, options.p, options.key);
  return checkScaling('dropout', scaling) === 'inference' && options.p > 0 ? ops.mul(y, 1 - options.p) : y;
}

export interface DropoutOptions {
  /** Probability to drop, in [0, 1]: a number or a schedule of the step. Default 0.5. */
  readonly p?: Schedule;
  /** When the rescaling by 1 - p happens. Default `'training'`, where evaluation is the identity. */
  readonly scaling?: Scaling;
}

/**
 * Drops each element with probability p in training; the identity in evaluation (times 1 - p with `scaling: 'inference'`).
 * Each forward of a step draws a mask of its own, from the key of the module's path.
 *
 * @throws option: `p` outside [0, 1], or an unknown option.
 * @see `dropout`
 * @example
 * ```ts
 * import { ones, random, ready, training } from '@parsimony/core';
 * import { Dropout } from '@parsimony/dropout';
 * await ready();
 * const layer = new Dropout({ p: 0.5 });
 * await layer.forward(ones([3])).array(); // => [1, 1, 1]
 * const y = layer.forward(ones([8]), training({ key: random.key(1) }));
 * (await y.data()).every((v) => v === 0 || v === 2); // => true
 * new Dropout({ p: 1.5 }); // throws Dropout: `p` must be in [0, 1], received 1.5.
 * ```
 */
export class Dropout extends DropLayer {
  readonly scaling: Scaling;

  constructor(options: DropoutOptions = {}) {
    checkOptions('Dropout', options, ['p', 'scaling']);
    const { p = 0.5, scaling = 'training' } = options;
    super('Dropout', p, { unit: 'element' });
    this.scaling = checkScaling('Dropout', scaling);
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return dropout(x, { p, key: ctx.key(), scaling: this.scaling }); }

  protected override evaluate(x: Tensor, p: number): Tensor { return this.scaling === 'inference' && p > 0 ? ops.mul(x, 1 - p) : x; }
}
