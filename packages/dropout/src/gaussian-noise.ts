/** GaussianNoise: normal noise added to elements. */
import { checkNumber, checkOptions, type ForwardContext, nn, ops, random, type RngKey, type Schedule, type Strength, strength, type Tensor, tensor } from '@parsimony/core';
import { expectTensor } from './mask';

const range = { min: 0 } as const;

export interface GaussianNoiseCall {
  /** Standard deviation, 0 or more. */
  readonly std: number;
  readonly key: RngKey;
}

/**
 * y_i = x_i + std e_i, e_i ~ N(0, 1), drawn on the host, the same bits on every backend.
 *
 * @param x - Any shape, float32.
 * @throws option: `std` below 0, an unknown option, or no key.
 * @see Bishop, "Training with Noise is Equivalent to Tikhonov Regularization", Neural Computation 7 (1995).
 * @example
 * ```ts
 * import { random, ready, zeros } from '@parsimony/core';
 * import { gaussianNoise } from '@parsimony/dropout';
 * await ready();
 * gaussianNoise(zeros([2, 3]), { std: 0.1, key: random.key(1) }).shape; // => [2, 3]
 * ```
 */
export function gaussianNoise(x: Tensor, options: GaussianNoiseCall): Tensor {
  checkOptions('gaussianNoise', options, ['std', 'key']);
  expectTensor('gaussianNoise', x);
  const std = checkNumber('gaussianNoise', 'std', options.std, range);
  return std === 0 ? x : ops.add(x, tensor(random.normal(options.key, x.size, { std }), x.shape));
}

export interface GaussianNoiseOptions {
  /** Standard deviation, 0 or more: a number or a schedule of the step. */
  readonly std: Schedule;
}

/**
 * Adds N(0, std^2) in training; the identity in evaluation.
 *
 * @throws option: `std` missing or below 0, or an unknown option.
 * @see `gaussianNoise`
 * @example
 * ```ts
 * import { ones, ready } from '@parsimony/core';
 * import { GaussianNoise } from '@parsimony/dropout';
 * await ready();
 * await new GaussianNoise({ std: 0.1 }).forward(ones([2])).array(); // => [1, 1]
 * ```
 */
export class GaussianNoise extends nn.Module {
  override readonly traits: nn.ModuleTraits = { draws: true };
  #std: Strength;

  constructor(options: GaussianNoiseOptions) {
    super();
    checkOptions('GaussianNoise', options, ['std']);
    this.#std = strength('GaussianNoise', 'std', options.std, range);
  }

  /** Standard deviation: a number or a schedule of the step. It may be set, from the next forward on. */
  get std(): Schedule { return this.#std.schedule; }
  set std(value: Schedule) { this.#std = strength('GaussianNoise', 'std', value, range); }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const std = this.#std.at(ctx);
    return ctx.mode !== 'train' || std === 0 ? x : gaussianNoise(x, { std, key: ctx.key() });
  }
}
