/** Classes as vectors. */
import { checkNumber, checkOptions } from '../options';
import type { DType } from '../tensor/dtype';
import type { Tensor } from '../tensor/tensor';
import { constantLike } from './convert';
import { asIndex, scatterLines } from './indexing';
import { reshape } from './reshape';

export interface OneHotOptions {
  /** Default 'float32'. */
  readonly dtype?: DType;
}

/**
 * y[..., c] = 1 where index[...] = c, else 0. float32 by default, where PyTorch gives whole numbers.
 *
 * @param index - [...], int32, each in [0, numClasses).
 * @param numClasses - C, at least 1.
 * @param options - `dtype` (default 'float32').
 * @returns [..., C].
 * @throws range: an index outside (told at the latest when data is read); dtype; option.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.oneHot(tensor([2, 0], { dtype: 'int32' }), 3).array(); // => [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export function oneHot(index: Tensor, numClasses: number, options: OneHotOptions = {}): Tensor {
  asIndex('oneHot', index);
  checkNumber('oneHot', 'numClasses', numClasses, { min: 1, integer: true });
  checkOptions('oneHot', options, ['dtype']);
  const { dtype = 'float32' } = options;
  const lines = constantLike(index, 0, dtype, [index.size, numClasses, 1]);
  const hot = scatterLines(lines, reshape(index, [index.size, 1, 1]), constantLike(index, 1, dtype, [index.size, 1, 1]));
  return reshape(hot, [...index.shape, numClasses]);
}
