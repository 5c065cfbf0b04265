/** Standard deviations. */
import type { Tensor } from '../tensor/tensor';
import { safeSqrt } from './safe-sqrt';
import { type VarianceOptions, varianceOf } from './variance';

/**
 * The standard deviation over axes: the square root of `variance`. Its gradient where all elements are equal is 0.
 *
 * @param x - Any shape; float32.
 * @param options - `axis` (default all), `keepdim` (default false), `correction` (default 1).
 * @throws shape: an axis that x does not have; dtype: not float32; option: a correction that is negative or not finite.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.std(tensor([1, 2, 3, 4])).item(); // => 1.290994
 * ```
 */
export function std(x: Tensor, options: VarianceOptions = {}): Tensor {
  return safeSqrt(varianceOf('std', x, options));
}
