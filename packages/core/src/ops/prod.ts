/** Products. */
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast } from './convert';
import { reduceAxes, type ReduceOptions, reduction } from './reduce';

/**
 * The product over axes; 1 over nothing. The gradient is right where factors are 0, too.
 *
 * @param x - Any shape. int32 and bool give int32.
 * @param options - `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have, or one twice.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.prod(tensor([[1, 2], [3, 4]]), { axis: 1 }).array(); // => [2, 12]
 * ```
 */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  const numbers = asTensor('prod', 'x', x).dtype === 'bool' ? cast(x, 'int32') : x;
  return reduceAxes('prod', numbers, reduction('prod', x, options));
}
