/** Test for NaN. */
import type { Tensor } from '../tensor/tensor';
import { test } from './elementwise';

/**
 * Whether x is NaN, elementwise, as bool.
 *
 * @param x - Any shape and type.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.isNaN(tensor([1, NaN])).array(); // => [0, 1]
 * ```
 */
export function isNaN(x: Tensor): Tensor {
  return test('isNaN', x);
}
