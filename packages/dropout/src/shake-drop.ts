/** ShakeDrop: residual branches kept, or else multiplied by a random factor, another in the backward pass. */
import { checkNumber, checkOptions, fail, type ForwardContext, ops, random, type RngKey, type Schedule, show, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, drawMask, expectRank, unitShape } from './mask';
import { drawUniform, shaken } from './shake';
import { checkMode, type DropMode } from './stochastic-depth';

export type Interval = readonly [low: number, high: number];

export interface ShakeDropSettings {
  /** Range of the factor in the forward pass. Default [-1, 1]. */
  readonly alpha?: Interval;
  /** Range of the factor in the backward pass. Default [0, 1]. */
  readonly beta?: Interval;
  /** One b, alpha and beta a sample, or one for the batch. Default `'row'`. */
  readonly mode?: DropMode;
}

export interface ShakeDropCall extends ShakeDropSettings {
  /** Probability to shake the branch, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
}

function settings(where: string, { alpha = [-1, 1], beta = [0, 1], mode = 'row' }: ShakeDropSettings): Required<ShakeDropSettings> {
  for (const [name, range] of [['alpha', alpha], ['beta', beta]] as const) {
    if (!Array.isArray(range) || range.length !== 2) fail('option', `${where}: \`${name}\` must be [low, high], received ${show(range)}.`);
    checkNumber(where, `${name}[0]`, range[0]);
    checkNumber(where, `${name}[1]`, range[1], { min: range[0] as number });
  }
  return { alpha, beta, mode: checkMode(where, mode) };
}

/**
 * y = x (b + alpha - b alpha) in the forward pass and dx = dy (b + beta - b beta) in the backward pass, with b = 0 with probability p and 1
 * otherwise, alpha and beta uniform in their ranges.
 *
 * @param x - The output of a residual branch, [N, ...], float32.
 * @throws option: `p` outside [0, 1], a bad range or mode, an unknown option, or no key. shape: x without a batch axis.
 * @see Yamada et al., "ShakeDrop Regularization for Deep Residual Learning", arXiv:1802.02375.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { shakeDrop } from '@parsimony/dropout';
 * await ready();
 * const y = await shakeDrop(ones([8]), { p: 0.5, key: random.key(1) }).data();
 * y.every((v) => v >= -1 && v <= 1); // => true
 * ```
 */
export function shakeDrop(x: Tensor, options: ShakeDropCall): Tensor {
  checkOptions('shakeDrop', options, ['p', 'key', 'alpha', 'beta', 'mode']);
  const p = checkRate('shakeDrop', options.p);
  const { alpha, beta, mode } = settings('shakeDrop', options);
  expectRank('shakeDrop', x, [1, 2, 3, 4, 5, 6], '[N, ...]');
  if (p === 0) return x;
  const factor = (name: string, range: Interval) => (): Tensor => {
    const b = drawMask(mode === 'row' ? unitShape(x, 0) : unitShape(x), p, options.key);
    return ops.add(b, ops.mul(ops.sub(1, b), drawUniform(x, mode, random.foldIn(options.key, name), range)));
  };
  return shaken(x, factor('alpha', alpha), factor('beta', beta));
}

export interface ShakeDropOptions extends ShakeDropSettings {
  /** Probability to shake the branch, in [0, 1]: a number or a schedule of the step. `setDropPathRates` sets it by depth. */
  readonly p: Schedule;
}

/**
 * `shakeDrop` in training; in evaluation y = x (1 - p + p E alpha), the expectation, with E alpha the middle of its range. Put it last in a
 * residual branch, behind a batch norm.
 *
 * @throws option: `p` missing or outside [0, 1], a bad range or mode, or an unknown option.
 * @see `shakeDrop`
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { ShakeDrop } from '@parsimony/dropout';
 * await ready();
 * await new ShakeDrop({ p: 0.5 }).forward(tensor([4])).array(); // => [2]
 * ```
 */
export class ShakeDrop extends DropLayer {
  readonly alpha: Interval;
  readonly beta: Interval;
  readonly mode: DropMode;

  constructor(options: ShakeDropOptions) {
    checkOptions('ShakeDrop', options, ['p', 'alpha', 'beta', 'mode']);
    super('ShakeDrop', options.p, { unit: 'path' });
    ({ alpha: this.alpha, beta: this.beta, mode: this.mode } = settings('ShakeDrop', options));
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
    return shakeDrop(x, { p, key: ctx.key(), alpha: this.alpha, beta: this.beta, mode: this.mode });
  }

  protected override evaluate(x: Tensor, p: number): Tensor {
    return p === 0 ? x : ops.mul(x, 1 - p + (p * (this.alpha[0] + this.alpha[1])) / 2);
  }
}
