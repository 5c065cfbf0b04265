/** Rows of a table by number. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { view } from './dispatch';
import { asIndex } from './indexing';
import { indexSelect } from './index-select';
import { reshape } from './reshape';

export interface EmbeddingOptions {
  /** The row whose gradient is 0, so that training leaves it as it is; negative from the end. Default: none. */
  readonly paddingIdx?: number;
}

/**
 * y[...] = weight[index[...]]: the rows of a table that the indices name.
 *
 * @param index - [...], int32, each in [0, V).
 * @param weight - [V, D]; float32.
 * @param options - `paddingIdx` (default none).
 * @returns [..., D].
 * @throws range: an index outside (told at the latest when data is read); shape; dtype; option: a paddingIdx outside.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const table = tensor([[0, 0], [1, 10], [2, 20]]);
 * await ops.embedding(tensor([2, 1], { dtype: 'int32' }), table).array(); // => [[2, 20], [1, 10]]
 * ```
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  asIndex('embedding', index);
  expectDType('embedding', 'weight', asTensor('embedding', 'weight', weight), 'float32');
  if (weight.rank !== 2) fail('shape', `embedding: \`weight\` must be [rows, size], received shape ${showShape(weight.shape)}.`);
  checkOptions('embedding', options, ['paddingIdx']);
  const [rows = 0, size = 0] = weight.shape;
  const { paddingIdx } = options;
  if (paddingIdx !== undefined) checkNumber('embedding', 'paddingIdx', paddingIdx, { min: -rows, max: rows - 1, integer: true });
  const table = paddingIdx === undefined ? weight : view('zeroGradientRow', weight, weight.shape, 0, { row: (paddingIdx + rows) % rows });
  return reshape(indexSelect(table, 0, reshape(index, [index.size])), [...index.shape, size]);
}
