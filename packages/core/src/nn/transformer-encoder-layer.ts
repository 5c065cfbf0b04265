/** One layer of a transformer's encoder. */
import { checkBoolean, checkChoice, checkNumber, checkOptions } from '../options';
import { add } from '../ops/add';
import { dropout } from '../ops/dropout';
import { gelu } from '../ops/gelu';
import { relu } from '../ops/relu';
import type { Schedule } from '../schedules/kind';
import { type Strength, strength } from '../schedules/strength';
import { isTensor } from '../tensor/find';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { LayerNorm } from './layer-norm';
import { Linear } from './linear';
import { Module } from './module';
import { MultiheadAttention } from './multihead-attention';
import { dropsWithin, type ModuleTraits } from './traits';

export interface TransformerEncoderLayerOptions {
  /** Width of the feed-forward part. Default 2048. */
  readonly dimFeedforward?: number;
  /** Probability to drop, of attention weights, hidden units and both branches, in [0, 1]: a number or a schedule. Default 0.1. */
  readonly dropout?: Schedule;
  /** Between the two linear maps. Default 'relu'. */
  readonly activation?: 'relu' | 'gelu';
  /** Of both norms. Default 1e-5. */
  readonly layerNormEps?: number;
  /** Sequences are [N, L, E] rather than [L, N, E]. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
  /** Norms ahead of the branches rather than behind the sums. Default false. */
  readonly normFirst?: boolean;
}

export interface EncoderInputs {
  /** [L, N, E]; [N, L, E] with `batchFirst`; or [L, E] for one sample. */
  readonly x: Tensor;
  /** [L, L] or [N numHeads, L, L]. bool: true where looking is NOT allowed; float32: added to the scores. */
  readonly attnMask?: Tensor;
  /** [N, L]. bool: true where an element is padding; float32: added to the scores. */
  readonly keyPaddingMask?: Tensor;
  /** Element i looks at elements 0 … i only. Default false. */
  readonly isCausal?: boolean;
}

/**
 * x + attention(x), normalized, then x + W_2 act(W_1 x), normalized; with `normFirst`, x + attention(norm(x)) and so on.
 * `forward` takes a tensor or `EncoderInputs`. Dropout acts in training only.
 *
 * State: `self_attn.*` (see `MultiheadAttention`), `linear1.*`, `linear2.*`, `norm1.*`, `norm2.*`.
 *
 * @param dModel - E.
 * @param numHeads - Must divide E.
 * @throws option: sizes that do not divide, a bad option. shape: inputs of other sizes.
 * @see Vaswani et al., arXiv:1706.03762; Xiong et al., "On layer normalization in the transformer architecture", arXiv:2002.04745.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true }).init(random.key(0));
 * layer.forward(zeros([3, 5, 8])).shape; // => [3, 5, 8]
 * ```
 */
export class TransformerEncoderLayer extends Module<Tensor | EncoderInputs, Tensor> {
  override readonly traits: ModuleTraits;
  readonly normFirst: boolean;
  readonly self_attn: MultiheadAttention;
  readonly linear1: Linear;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly #activation: (x: Tensor) => Tensor;
  #dropout: Strength;

  constructor(dModel: number, numHeads: number, options: TransformerEncoderLayerOptions = {}) {
    super();
    const where = 'TransformerEncoderLayer';
    checkOptions(where, options, ['dimFeedforward', 'dropout', 'activation', 'layerNormEps', 'batchFirst', 'normFirst']);
    const { dimFeedforward = 2048, layerNormEps: eps = 1e-5, batchFirst = false } = options;
    checkNumber(where, 'dModel', dModel, { min: 1, integer: true });
    checkNumber(where, 'dimFeedforward', dimFeedforward, { min: 1, integer: true });
    checkNumber(where, 'layerNormEps', eps, { min: 0 });
    this.#dropout = strength(where, 'dropout', options.dropout ?? 0.1, { min: 0, max: 1 });
    this.traits = { drops: dropsWithin(() => this.dropout) };
    this.#activation = checkChoice(where, 'activation', options.activation ?? 'relu', ['relu', 'gelu']) === 'relu' ? relu : (x) => gelu(x);
    this.normFirst = checkBoolean(where, 'normFirst', options.normFirst ?? false);
    this.self_attn = new MultiheadAttention(dModel, numHeads, { dropout: this.#dropout.schedule, batchFirst });
    this.linear1 = new Linear(dModel, dimFeedforward);
    this.linear2 = new Linear(dimFeedforward, dModel);
    this.norm1 = new LayerNorm(dModel, { eps });
    this.norm2 = new LayerNorm(dModel, { eps });
  }

  /** Probability to drop, of attention weights too. It may be set, from the next forward on. */
  get dropout(): Schedule { return this.#dropout.schedule; }
  set dropout(value: Schedule) {
    this.#dropout = strength('TransformerEncoderLayer', 'dropout', value, { min: 0, max: 1 });
    this.self_attn.dropout = value;
  }

  protected compute(inputs: Tensor | EncoderInputs, ctx: ForwardContext): Tensor {
    const { x, ...masks } = isTensor(inputs) ? { x: inputs } : inputs;
    checkOptions('TransformerEncoderLayer.forward', masks, ['attnMask', 'keyPaddingMask', 'isCausal']);
    const attend = (y: Tensor): Tensor => this.#drop('dropout1', this.self_attn.forward({ query: y, ...masks }, ctx).output, ctx);
    const feed = (y: Tensor): Tensor => {
      const hidden = this.#drop('dropout', this.#activation(this.linear1.forward(y, ctx)), ctx);
      return this.#drop('dropout2', this.linear2.forward(hidden, ctx), ctx);
    };
    if (this.normFirst) {
      const y = add(x, attend(this.norm1.forward(x, ctx)));
      return add(y, feed(this.norm2.forward(y, ctx)));
    }
    const y = this.norm1.forward(add(x, attend(x)), ctx);
    return this.norm2.forward(add(y, feed(y)), ctx);
  }

  #drop(site: string, x: Tensor, ctx: ForwardContext): Tensor {
    const p = ctx.mode === 'train' ? this.#dropout.at(ctx) : 0;
    return p > 0 ? dropout(x, p, ctx.key(site)) : x;
  }
}
