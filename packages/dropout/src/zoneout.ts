/** Zoneout: units of a recurrent layer that keep their state from the step before, at random while training. */
import { checkOptions, fail, type ForwardContext, type nn, ops, type RngKey, type Schedule, show, type Strength, strength, type Tensor } from '@parsimony/core';
import { DropModule, probability } from './drop-layer';
import { checkRate, expectTensor } from './mask';

export interface ZoneoutCall {
  /** Probability that a unit keeps its state, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
}

/**
 * y_i = m_i next_i + (1 - m_i) previous_i, with m_i = 0 with probability p. p = 1 keeps everything.
 *
 * @param previous - States before the step, any shape, float32.
 * @param next - States that the step computed, of the same shape.
 * @throws option: `p` outside [0, 1], an unknown option, or no key.
 * @see Krueger et al., "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations", arXiv:1606.01305.
 * @example
 * ```ts
 * import { ones, random, ready, zeros } from '@parsimony/core';
 * import { zoneout } from '@parsimony/dropout';
 * await ready();
 * const h = await zoneout(zeros([8]), ones([8]), { p: 0.5, key: random.key(1) }).data();
 * h.every((v) => v === 0 || v === 1); // => true
 * ```
 */
export function zoneout(previous: Tensor, next: Tensor, options: ZoneoutCall): Tensor {
  checkOptions('zoneout', options, ['p', 'key']);
  const p = checkRate('zoneout', options.p);
  expectTensor('zoneout', previous, 'previous');
  expectTensor('zoneout', next, 'next');
  if (p === 0) return next;
  // Dropout of the change, whose scale is taken back: its mask is drawn again in the backward pass.
  return ops.add(previous, ops.mul(ops.dropout(ops.sub(next, previous), p, options.key), 1 - p));
}

export interface ZoneoutOptions {
  /** Probability that a hidden unit keeps its state, in [0, 1]: a number or a schedule of the step. */
  readonly p: Schedule;
  /** The same for the cell states of an LSTM. Default: p. The paper has .05 and .5 for characters. */
  readonly pCell?: Schedule;
}

/** What `Zoneout` asks of a layer: `nn.RNN`, `nn.GRU` and `nn.LSTM` have it. */
type WithStateRule<I, O> = nn.Module<I, O> & { addStateRule(rule: nn.StateRule): void };

/**
 * A recurrent layer some of whose units keep their state of the step before: in training each with probability p at each step, in
 * evaluation by the expectation h_t = p h_(t-1) + (1 - p) h~_t. The layer's state dict is under `layer.`.
 *
 * @throws option: a layer that is not recurrent, `p` missing or outside [0, 1], `pCell` for a layer without cell states, or an
 * unknown option.
 * @see `zoneout`
 * @example
 * ```ts
 * import { nn, random, ready, training, zeros } from '@parsimony/core';
 * import { Zoneout } from '@parsimony/dropout';
 * await ready();
 * const lstm = new Zoneout(new nn.LSTM(4, 8), { p: 0.05, pCell: 0.5 }).init(random.key(0));
 * lstm.forward(zeros([5, 3, 4]), training({ key: random.key(1) })).output.shape; // => [5, 3, 8]
 * ```
 */
export class Zoneout<I, O> extends DropModule<I, O> {
  readonly layer: nn.Module<I, O>;
  readonly #pCell: Strength | undefined;
  /** Of the pass that is running: the layer zones out in a pass through this module only. */
  #pass: { readonly rates: readonly number[]; readonly ctx: ForwardContext } | undefined;

  constructor(layer: WithStateRule<I, O>, options: ZoneoutOptions) {
    checkOptions('Zoneout', options, ['p', 'pCell']);
    super('Zoneout', options.p, { unit: 'state', traits: { flow: 'sequential' } });
    if (typeof (layer as Partial<WithStateRule<I, O>> | null)?.addStateRule !== 'function') {
      fail('option', `Zoneout: the layer must be nn.RNN, nn.GRU or nn.LSTM, received ${(layer as object | null)?.constructor?.name ?? show(layer)}.`);
    }
    this.layer = layer;
    this.#pCell = options.pCell === undefined ? undefined : strength('Zoneout', 'pCell', options.pCell, probability);
    layer.addStateRule((next, previous) => this.#carry(next, previous));
  }

  /** As it was given; undefined: p. */
  get pCell(): Schedule | undefined { return this.#pCell?.schedule; }

  protected compute(inputs: I, ctx: ForwardContext): O {
    const p = this.rate(ctx);
    this.#pass = { rates: [p, this.#pCell?.at(ctx) ?? p], ctx };
    try { return this.layer.forward(inputs, ctx); } finally { this.#pass = undefined; }
  }

  #carry(next: readonly Tensor[], previous: readonly Tensor[]): readonly Tensor[] {
    if (!this.#pass) return next;
    const { rates, ctx } = this.#pass;
    if (next.length === 1 && this.#pCell) fail('option', 'Zoneout: `pCell` is for layers with cell states, nn.LSTM.');
    return next.map((state, k) => {
      const [p, before] = [rates[k] ?? 0, previous[k]];
      if (p === 0 || !before) return state;
      return ctx.mode === 'train' ? zoneout(before, state, { p, key: ctx.key('hc'[k]) }) : ops.lerp(state, before, p);
    });
  }
}
