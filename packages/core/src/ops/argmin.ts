/** Where minima are. */
import type { Tensor } from '../tensor/tensor';
import { type ArgOptions, argReduce } from './arg-reduce';

/**
 * The index of the least element along an axis, the first of several; NaN counts as the least.
 *
 * @param x - Any shape; float32 or int32.
 * @param options - `axis` (default: x as one flat list), `keepdim` (default false).
 * @returns int32.
 * @throws shape: an axis that x does not have, or one of size 0; dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.argmin(tensor([[1, 2], [4, 3]]), { axis: 1 }).array(); // => [0, 1]
 * ```
 */
export function argmin(x: Tensor, options: ArgOptions = {}): Tensor {
  return argReduce('argmin', 'min', x, options);
}
