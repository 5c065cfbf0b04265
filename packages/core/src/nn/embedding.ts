/** Embeddings: a learned vector for each of a set of numbers. */
import { checkNumber, checkOptions } from '../options';
import { embedding } from '../ops/embedding';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { normal } from './init';
import { Module } from './module';

export interface EmbeddingOptions {
  /** The row that begins at 0 and gets no gradient; negative from the end. Default: none. */
  readonly paddingIdx?: number;
}

/**
 * y[...] = weight[x[...]].
 *
 * Input [...], int32, in [0, numEmbeddings); output [..., embeddingDim]. State: `weight` [numEmbeddings, embeddingDim], N(0, 1) at first.
 *
 * @throws option: sizes that are not whole numbers of 1 or more, a padding index outside. range: an index outside, in the forward pass.
 * @example
 * ```ts
 * import { nn, random, ready, tensor } from '@parsimony/core';
 * await ready();
 * const layer = new nn.Embedding(10, 4, { paddingIdx: 0 }).init(random.key(0));
 * await layer.forward(tensor([0], { dtype: 'int32' })).array(); // => [[0, 0, 0, 0]]
 * ```
 */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly options: EmbeddingOptions;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super();
    checkOptions('Embedding', options, ['paddingIdx']);
    this.numEmbeddings = checkNumber('Embedding', 'numEmbeddings', numEmbeddings, { min: 1, integer: true });
    this.embeddingDim = checkNumber('Embedding', 'embeddingDim', embeddingDim, { min: 1, integer: true });
    const { paddingIdx } = options;
    if (paddingIdx !== undefined) checkNumber('Embedding', 'paddingIdx', paddingIdx, { min: -numEmbeddings, max: numEmbeddings - 1, integer: true });
    this.options = { ...options };
    this.parameter('weight', [numEmbeddings, embeddingDim], (shape, key) => {
      const values = Float32Array.from(normal()(shape, key));
      const row = paddingIdx === undefined ? -1 : (paddingIdx + numEmbeddings) % numEmbeddings;
      return row < 0 ? values : values.fill(0, row * embeddingDim, (row + 1) * embeddingDim);
    });
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return embedding(x, this.param('weight', ctx), this.options);
  }
}
