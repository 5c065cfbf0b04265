/** Whether any element holds. */
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast } from './convert';
import { reduceAxes, type ReduceOptions, reduction } from './reduce';

/**
 * Whether any element over axes is not 0, as bool; false of nothing.
 *
 * @param x - Any shape and type.
 * @param options - `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have, or one twice.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.any(tensor([[true, false], [false, false]]), { axis: 1 }).array(); // => [1, 0]
 * ```
 */
export function any(x: Tensor, options: ReduceOptions = {}): Tensor {
  const holds = cast(cast(asTensor('any', 'x', x), 'bool'), 'int32');
  return cast(reduceAxes('sum', holds, reduction('any', x, options)), 'bool');
}
