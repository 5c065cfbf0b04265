/** Whether all elements hold. */
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast } from './convert';
import { reduceAxes, type ReduceOptions, reduction } from './reduce';

/**
 * Whether all elements over axes are not 0, as bool; true of nothing.
 *
 * @param x - Any shape and type.
 * @param options - `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have, or one twice.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.all(tensor([[true, false], [true, true]]), { axis: 1 }).array(); // => [0, 1]
 * ```
 */
export function all(x: Tensor, options: ReduceOptions = {}): Tensor {
  const holds = cast(cast(asTensor('all', 'x', x), 'bool'), 'int32');
  return cast(reduceAxes('prod', holds, reduction('all', x, options)), 'bool');
}
