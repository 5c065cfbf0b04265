/** Averages. */
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { affine } from './elementwise';
import { reduceAxes, type ReduceOptions, reduction } from './reduce';

/**
 * The mean over axes; NaN over nothing.
 *
 * @param x - Any shape; float32.
 * @param options - `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have, or one twice; dtype: not float32.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.mean(tensor([[1, 2], [3, 4]]), { axis: 1 }).array(); // => [1.5, 3.5]
 * ```
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  expectDType('mean', 'x', asTensor('mean', 'x', x), 'float32');
  const plan = reduction('mean', x, options);
  return affine(reduceAxes('sum', x, plan), 1 / plan.count);
}
