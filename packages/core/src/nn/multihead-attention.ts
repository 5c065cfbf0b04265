/** Attention with several heads. */
import { fail } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { add } from '../ops/add';
import { attend, lowerTriangle, masked } from '../ops/attention';
import { asTensor, expectDType } from '../ops/convert';
import { linear } from '../ops/linear';
import { logicalAnd } from '../ops/logical-and';
import { logicalNot } from '../ops/logical-not';
import { logicalOr } from '../ops/logical-or';
import { mean } from '../ops/mean';
import { permute } from '../ops/permute';
import { reshape } from '../ops/reshape';
import { split } from '../ops/split';
import { squeeze } from '../ops/squeeze';
import { transpose } from '../ops/transpose';
import { unsqueeze } from '../ops/unsqueeze';
import type { Schedule } from '../schedules/kind';
import { type Strength, strength } from '../schedules/strength';
import { isTensor } from '../tensor/find';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { xavierUniform, zeros } from './init';
import { Linear } from './linear';
import { Module } from './module';
import { dropsWithin, type ModuleTraits } from './traits';

export interface MultiheadAttentionOptions {
  /** Probability to drop an attention weight in training, in [0, 1]: a number or a schedule. Default 0. */
  readonly dropout?: Schedule;
  /** Learn biases. Default true. */
  readonly bias?: boolean;
  /** Sequences are [N, L, E] rather than [L, N, E]. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
}

export interface AttentionInputs {
  /** [L, N, E]; [N, L, E] with `batchFirst`; or [L, E] for one sample. */
  readonly query: Tensor;
  /** [S, N, E], likewise. Default: the query. */
  readonly key?: Tensor;
  /** As the key. Default: the key. */
  readonly value?: Tensor;
  /** [N, S] (or [S]). bool: true where a key is padding and not looked at; float32: added to the scores. */
  readonly keyPaddingMask?: Tensor;
  /** [L, S] or [N numHeads, L, S]. bool: true where looking is NOT allowed; float32: added to the scores. */
  readonly attnMask?: Tensor;
  /** Query i looks at keys 0 … i only. Not together with `attnMask`. Default false. */
  readonly isCausal?: boolean;
  /** Give the attention weights too. Default false. */
  readonly needWeights?: boolean;
  /** Average the weights over heads. Default true. */
  readonly averageAttnWeights?: boolean;
}

export interface AttentionOutput {
  /** Of the query's shape. */
  readonly output: Tensor;
  /** With `needWeights`: [N, L, S], or [N, numHeads, L, S] where they are not averaged; without N for one sample. */
  readonly weights?: Tensor;
}

/** A mask in the sense of `ops.scaledDotProductAttention`, and the triangle with it. */
function causal(mask: Tensor, q: Tensor, k: Tensor): Tensor {
  const allowed = lowerTriangle(q, q.shape[2] ?? 1, k.shape[2] ?? 1);
  return mask.dtype === 'bool' ? logicalAnd(mask, allowed) : add(mask, masked(logicalNot(allowed)));
}

/** The output's projection, whose bias begins at 0. */
class OutputProjection extends Linear {
  constructor(size: number, bias: boolean) {
    super(size, size, { bias });
    if (bias) this.parameter('bias', [size], zeros);
  }
}

/**
 * concat(head_1, …, head_h) W_O, with head_i = softmax(Q_i K_i^T / sqrt(E / h)) V_i and Q, K, V projections of query, key, value.
 * `forward` takes a tensor, for self-attention, or `AttentionInputs`, and gives `{ output, weights }`.
 *
 * State: `in_proj_weight` [3 E, E], `in_proj_bias` [3 E], `out_proj.weight` [E, E], `out_proj.bias` [E].
 *
 * @param embedDim - E.
 * @param numHeads - h; must divide E.
 * @throws option: sizes that do not divide, a bad option. shape: inputs of other sizes.
 * @see Vaswani et al., "Attention is all you need", arXiv:1706.03762. Unlike PyTorch, weights are given only where asked for.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const attention = new nn.MultiheadAttention(8, 2, { batchFirst: true }).init(random.key(0));
 * const { output, weights } = attention.forward({ query: zeros([3, 5, 8]), isCausal: true, needWeights: true });
 * output.shape; // => [3, 5, 8]
 * weights?.shape; // => [3, 5, 5]
 * ```
 */
export class MultiheadAttention extends Module<Tensor | AttentionInputs, AttentionOutput> {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly batchFirst: boolean;
  override readonly traits: ModuleTraits;
  readonly out_proj: Linear;
  #dropout: Strength;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const where = 'MultiheadAttention';
    checkOptions(where, options, ['dropout', 'bias', 'batchFirst']);
    this.embedDim = checkNumber(where, 'embedDim', embedDim, { min: 1, integer: true });
    this.numHeads = checkNumber(where, 'numHeads', numHeads, { min: 1, integer: true });
    if (embedDim % numHeads !== 0) fail('option', `${where}: \`numHeads\` must divide \`embedDim\`, received ${numHeads} and ${embedDim}.`);
    this.#dropout = strength(where, 'dropout', options.dropout ?? 0, { min: 0, max: 1 });
    this.traits = { drops: dropsWithin(() => this.dropout) };
    this.batchFirst = checkBoolean(where, 'batchFirst', options.batchFirst ?? false);
    const bias = checkBoolean(where, 'bias', options.bias ?? true);
    this.parameter('in_proj_weight', [3 * embedDim, embedDim], xavierUniform());
    if (bias) this.parameter('in_proj_bias', [3 * embedDim], zeros);
    this.out_proj = new OutputProjection(embedDim, bias);
  }

  /** Probability to drop an attention weight. It may be set, from the next forward on. */
  get dropout(): Schedule { return this.#dropout.schedule; }
  set dropout(value: Schedule) { this.#dropout = strength('MultiheadAttention', 'dropout', value, { min: 0, max: 1 }); }

  protected compute(inputs: Tensor | AttentionInputs, ctx: ForwardContext): AttentionOutput {
    const given = isTensor(inputs) ? { query: inputs } : inputs;
    checkOptions('MultiheadAttention.forward', given, ['query', 'key', 'value', 'keyPaddingMask', 'attnMask', 'isCausal', 'needWeights', 'averageAttnWeights']);
    const { query, key = query, value = key, keyPaddingMask, attnMask, isCausal = false, needWeights = false, averageAttnWeights = true } = given;
    for (const [name, x] of [['query', query], ['key', key], ['value', value]] as const) this.#check(name, asTensor('MultiheadAttention', name, x), query.rank);
    const single = query.rank === 2;
    // [N, L, E] from here on.
    const arrange = (x: Tensor): Tensor => (single ? unsqueeze(x, 0) : this.batchFirst ? x : transpose(x, 0, 1));
    const [q, k, v] = this.#project(query, key, value, arrange, ctx);
    if (isCausal && attnMask) fail('option', 'MultiheadAttention: expected `attnMask` or `isCausal`, received both. Put the triangle into the mask.');
    const mask = this.#mask(q, k, attnMask, single && keyPaddingMask ? unsqueeze(keyPaddingMask, 0) : keyPaddingMask);
    const attention = isCausal && mask ? { attnMask: causal(mask, q, k) } : { isCausal, ...(mask && { attnMask: mask }) };
    const p = ctx.mode === 'train' ? this.#dropout.at(ctx) : 0;
    const { output, weights } = attend('MultiheadAttention', q, k, v, {
      ...attention, ...(p > 0 && { dropoutP: p, key: ctx.key('dropout') }),
    });
    const [batch = 1, , length = 1] = q.shape;
    const joined = this.out_proj.forward(reshape(transpose(output, 1, 2), [batch, length, this.embedDim]), ctx);
    const result = single ? squeeze(joined, 0) : this.batchFirst ? joined : transpose(joined, 0, 1);
    if (!needWeights) return { output: result };
    const shown = averageAttnWeights ? mean(weights, { axis: 1 }) : weights;
    return { output: result, weights: single ? squeeze(shown, 0) : shown };
  }

  /** Q, K and V as [N, heads, length, E / heads]; by one product where all three come from the same sequence. */
  #project(query: Tensor, key: Tensor, value: Tensor, arrange: (x: Tensor) => Tensor, ctx: ForwardContext): readonly [Tensor, Tensor, Tensor] {
    const weight = this.param('in_proj_weight', ctx);
    const bias = this.hasParameter('in_proj_bias') ? this.param('in_proj_bias', ctx) : undefined;
    const heads = [this.numHeads, this.embedDim / this.numHeads];
    if (query === key && key === value) {
      const all = linear(arrange(query), weight, bias);
      const [batch = 1, length = 1] = all.shape;
      const parts = split(permute(reshape(all, [batch, length, 3, ...heads]), [2, 0, 3, 1, 4]), 1, 0);
      return parts.map((part) => squeeze(part, 0)) as [Tensor, Tensor, Tensor];
    }
    const weights = split(weight, this.embedDim, 0);
    const biases = bias && split(bias, this.embedDim, 0);
    return [query, key, value].map((x, i) => {
      const y = linear(arrange(x), weights[i] as Tensor, biases?.[i]);
      return transpose(reshape(y, [y.shape[0] ?? 1, y.shape[1] ?? 1, ...heads]), 1, 2);
    }) as [Tensor, Tensor, Tensor];
  }

  /** Both masks as one, in the sense of `ops.scaledDotProductAttention`: true where looking is allowed, or added. */
  #mask(q: Tensor, k: Tensor, attnMask: Tensor | undefined, keyPaddingMask: Tensor | undefined): Tensor | undefined {
    const [batch = 1, , length = 1] = q.shape;
    const keys = k.shape[2] ?? 1;
    const shaped = (name: string, given: Tensor, to: readonly number[], ...allowed: readonly (readonly number[])[]): Tensor => {
      const mask = expectDType('MultiheadAttention', name, asTensor('MultiheadAttention', name, given), 'bool', 'float32');
      if (!allowed.some((shape) => sameShape(shape, mask.shape))) fail('shape', `MultiheadAttention: \`${name}\` must be ${allowed.map(showShape).join(' or ')}, received ${showShape(mask.shape)}.`);
      return reshape(mask, to);
    };
    const own = attnMask && shaped('attnMask', attnMask, attnMask.rank === 2 ? [1, 1, length, keys] : [batch, this.numHeads, length, keys], [length, keys], [batch * this.numHeads, length, keys]);
    const padding = keyPaddingMask && shaped('keyPaddingMask', keyPaddingMask, [batch, 1, 1, keys], [batch, keys]);
    if (own && padding) return own.dtype === 'bool' && padding.dtype === 'bool' ? logicalNot(logicalOr(own, padding)) : add(masked(own), masked(padding));
    const only = own ?? padding;
    return only?.dtype === 'bool' ? logicalNot(only) : only;
  }

  #check(name: string, x: Tensor, rank: number): void {
    if ((rank === 2 || rank === 3) && x.rank === rank && x.shape[rank - 1] === this.embedDim) return;
    const expected = this.batchFirst ? `[N, L, ${this.embedDim}]` : `[L, N, ${this.embedDim}]`;
    fail('shape', `MultiheadAttention: \`${name}\` must be ${expected}, or [L, ${this.embedDim}] for one sample, received ${showShape(x.shape)}. The option \`batchFirst\` says which axis is the batch.`);
  }
}
