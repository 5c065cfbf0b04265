/** Query-key normalization: attention scores as cosines times a learned scale. */
import { checkNumber, checkOptions, fail, type ForwardContext, nn, showShape, type Tensor } from '@parsimony/core';
import { checkEps, checkInput, labelOf } from './per-channel';
import { scaleNorm } from './scale-norm';

export interface QueryKey {
  /** [..., L, E]. */
  readonly query: Tensor;
  /** [..., S, E]. */
  readonly key: Tensor;
}

export interface QKNormCall {
  /** The scale g, []; omitted: 1. */
  readonly scale?: Tensor;
  /** Least length that is divided by; above 0. Default 1e-5. */
  readonly eps?: number;
}

export interface QKNormOptions {
  /** The first g, above 0. The paper takes log2(L^2 - L), with L the 97.5th percentile of the training data's lengths. */
  readonly scale: number;
  /** Least length that is divided by; above 0. Default 1e-5. */
  readonly eps?: number;
}

/**
 * query = g q / max(|q|, eps), key = k / max(|k|, eps), so that their products are g times the cosine of the two: at most g, however
 * large the weights grow. Takes the place of the factor 1 / sqrt(E): give attention the scale 1.
 *
 * @param inputs - `query` [..., L, E] and `key` [..., S, E], split into heads already.
 * @throws shape: a scale that is not one number. option: one out of range.
 * @see Henry et al., "Query-key normalization for transformers", arXiv:2010.04245.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * import { qkNorm } from '@parsimony/norms';
 * await ready();
 * const { query, key } = qkNorm({ query: tensor([[3, 4]]), key: tensor([[0, 2]]) }, { scale: tensor(5) });
 * await ops.matmul(query, key, { transposeB: true }).array(); // => [[4]]
 * ```
 */
export function qkNorm(inputs: QueryKey, options: QKNormCall = {}): QueryKey {
  checkOptions('qkNorm', options, ['scale', 'eps']);
  const { query, key } = checkQueryKey('qkNorm', inputs);
  const { scale, eps = 1e-5 } = options;
  checkEps('qkNorm', eps);
  if (scale !== undefined) checkInput('qkNorm', scale, 'scale');
  return { query: scaleNorm(query, { eps, ...(scale && { scale }) }), key: scaleNorm(key, { eps }) };
}

/**
 * Normalizes the queries and keys of an attention of one's own; see `qkNorm`. State: `scale` [], one for all heads.
 *
 * @param options - `scale`, the first g: no default, since it depends on the lengths of the data.
 * @throws option: an unknown option or one out of range. shape: queries and keys of different sizes.
 * @see Henry et al., "Query-key normalization for transformers", arXiv:2010.04245.
 * @example
 * ```ts
 * import { ones, ops, random, ready } from '@parsimony/core';
 * import { QKNorm } from '@parsimony/norms';
 * await ready();
 * const length = 64;
 * const norm = new QKNorm({ scale: Math.log2(length ** 2 - length) }).init(random.key(0));
 * const heads = ones([2, 8, 10, 16]);
 * const { query, key } = norm.forward({ query: heads, key: heads });
 * ops.scaledDotProductAttention(query, key, heads, { scale: 1 }).shape; // => [2, 8, 10, 16]
 * ```
 */
export class QKNorm extends nn.Module<QueryKey, QueryKey> {
  readonly eps: number;

  constructor(options: QKNormOptions) {
    super();
    checkOptions('QKNorm', options, ['scale', 'eps']);
    const { eps = 1e-5 } = options;
    this.eps = checkEps('QKNorm', eps);
    this.parameter('scale', [], nn.init.constant(checkNumber('QKNorm', 'scale', options.scale, { min: 0, minExclusive: true })));
  }

  protected compute(inputs: QueryKey, ctx: ForwardContext): QueryKey {
    const { query, key } = checkQueryKey(labelOf(this), inputs);
    if (query.rank < 2 || key.rank < 2 || query.shape[query.rank - 1] !== key.shape[key.rank - 1]) {
      fail('shape', `${labelOf(this)}: expected queries [..., L, E] and keys [..., S, E], received ${showShape(query.shape)} and ${showShape(key.shape)}.`);
    }
    return qkNorm({ query, key }, { scale: this.param('scale', ctx), eps: this.eps });
  }
}

function checkQueryKey(where: string, inputs: QueryKey): QueryKey {
  checkOptions(where, inputs, ['query', 'key'], 'input');
  for (const name of ['query', 'key'] as const) checkInput(where, inputs[name], name);
  return inputs;
}
