/** Minima. */
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { reduceAxes, type ReduceOptions, reduction, refuseEmpty } from './reduce';

/**
 * The least element over axes; NaN where there is one. PyTorch's `amin`: elements that tie share the gradient evenly.
 *
 * @param x - Any shape; float32 or int32.
 * @param options - `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have, or one of size 0; dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.min(tensor([[1, 2], [4, 3]]), { axis: 1 }).array(); // => [1, 3]
 * ```
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  expectDType('min', 'x', asTensor('min', 'x', x), 'float32', 'int32');
  const plan = reduction('min', x, options);
  refuseEmpty('min', x, plan);
  return reduceAxes('min', x, plan);
}
