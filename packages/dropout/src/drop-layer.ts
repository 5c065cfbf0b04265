/** What the modules of this package share: a rate that is a number or a schedule, that may be changed, and that plans can read. */
import { type ForwardContext, nn, type NumberRange, type Schedule, type Strength, strength, type Tensor } from '@parsimony/core';

/** p = 1 is allowed, as in PyTorch: everything is dropped. A schedule may reach either end. */
export const probability = { min: 0, max: 1 } as const;

export type DropUnit = NonNullable<nn.ModuleTraits['drops']>['unit'];

export interface DropLayerSettings {
  /** What is dropped as a whole. */
  readonly unit: DropUnit;
  /** Where p may lie. Default [0, 1]. */
  readonly range?: NumberRange;
  /** Further traits, of a module around another. */
  readonly traits?: Omit<nn.ModuleTraits, 'drops'>;
}

/**
 * A module with a rate `p`, the probability to drop, that plans read in its `traits`. Base class of those around a layer.
 *
 * @throws option: `p` neither a number in the range nor a schedule, also when it is set.
 */
export abstract class DropModule<I = Tensor, O = Tensor> extends nn.Module<I, O> {
  override readonly traits: nn.ModuleTraits;
  readonly #where: string;
  readonly #range: NumberRange;
  #p: Strength;

  constructor(where: string, p: Schedule | undefined, { unit, range = probability, traits = {} }: DropLayerSettings) {
    super();
    this.#where = where;
    this.#range = range;
    this.#p = strength(where, 'p', p, range);
    const rate = (): Schedule => this.p;
    this.traits = { ...traits, drops: { unit, get p() { return rate(); } } };
  }

  /** Probability to drop: a number or a schedule of the step. It may be set, from the next forward on. */
  get p(): Schedule { return this.#p.schedule; }
  set p(value: Schedule) { this.#p = strength(this.#where, 'p', value, this.#range); }

  /** p at the step of this pass. */
  protected rate(ctx: ForwardContext): number { return this.#p.at(ctx); }
}

/**
 * A module that drops from a tensor in training, and (unless it says otherwise) is the identity in evaluation. A technique of one's
 * own writes `drop`, which is called for p above 0; `applyDropout` and the checks of plans then know it.
 *
 * @example
 * ```ts
 * import { type ForwardContext, ones, random, ready, type Tensor, training } from '@parsimony/core';
 * import { applyMask, DropLayer, drawMask } from '@parsimony/dropout';
 * await ready();
 * class DropColumns extends DropLayer {
 *   constructor({ p }: { p: number }) { super('DropColumns', p, { unit: 'channel' }); }
 *   protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
 *     return applyMask(x, drawMask([1, x.shape[1] ?? 0], p, ctx.key()), { p });
 *   }
 * }
 * const [first, second] = await new DropColumns({ p: 0.5 }).forward(ones([2, 8]), training({ key: random.key(1) })).array() as number[][];
 * String(first) === String(second); // => true
 * ```
 */
export abstract class DropLayer extends DropModule {
  /** Training, for p above 0. */
  protected abstract drop(x: Tensor, p: number, ctx: ForwardContext): Tensor;
  /** Evaluation. */
  protected evaluate(x: Tensor, _p: number): Tensor { return x; }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const p = this.rate(ctx);
    if (ctx.mode !== 'train') return this.evaluate(x, p);
    return p === 0 ? x : this.drop(x, p, ctx);
  }
}
