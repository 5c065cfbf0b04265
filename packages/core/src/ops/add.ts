/** Addition. */
import type { Tensor } from '../tensor/tensor';
import type { Operand } from './convert';
import { arithmetic } from './elementwise';

/**
 * a + b, elementwise with broadcasting.
 *
 * @param a - Any shape; or a number.
 * @param b - A shape that broadcasts with a's; or a number.
 * @throws shape: the shapes do not broadcast.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.add(tensor([[1], [2]]), tensor([10, 20])).array(); // => [[11, 21], [12, 22]]
 * ```
 */
export function add(a: Operand, b: Operand): Tensor {
  return arithmetic('add', a, b);
}
