/** Test for finite numbers. */
import type { Tensor } from '../tensor/tensor';
import { test } from './elementwise';

/**
 * Whether x is neither NaN nor infinite, elementwise, as bool.
 *
 * @param x - Any shape and type.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.isFinite(tensor([1, NaN, Infinity])).array(); // => [1, 0, 0]
 * ```
 */
export function isFinite(x: Tensor): Tensor {
  return test('isFinite', x);
}
