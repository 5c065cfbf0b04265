/** Sums. */
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast } from './convert';
import { reduceAxes, type ReduceOptions, reduction } from './reduce';

/**
 * The sum over axes; 0 over nothing.
 *
 * @param x - Any shape. int32 and bool sum to int32.
 * @param options - `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have, or one twice.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const x = tensor([[1, 2], [3, 4]]);
 * await ops.sum(x).item(); // => 10
 * await ops.sum(x, { axis: 0, keepdim: true }).array(); // => [[4, 6]]
 * ```
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const numbers = asTensor('sum', 'x', x).dtype === 'bool' ? cast(x, 'int32') : x;
  return reduceAxes('sum', numbers, reduction('sum', x, options));
}
