/** Tensors one behind another along a new axis. */
import { fail, show } from '../errors';
import { checkAxis, sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { concat } from './concat';
import { asTensor } from './convert';
import { unsqueeze } from './unsqueeze';

/**
 * The tensors joined along a new axis.
 *
 * @param tensors - At least one, all of one shape; types are promoted.
 * @param axis - Where the new axis stands in the result. Default 0.
 * @throws shape: shapes differ.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.stack([tensor([1, 2]), tensor([3, 4])], 1).array(); // => [[1, 3], [2, 4]]
 * ```
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) fail('shape', `stack: expected a list of at least one tensor, received ${show(tensors)}.`);
  const first = asTensor('stack', 'tensors[0]', tensors[0]);
  const at = checkAxis('stack', axis, first.rank + 1);
  return concat(tensors.map((x: Tensor, i) => {
    if (sameShape(asTensor('stack', `tensors[${i}]`, x).shape, first.shape)) return unsqueeze(x, at);
    return fail('shape', `stack: shapes must agree: tensors[0] has ${showShape(first.shape)}, tensors[${i}] has ${showShape(x.shape)}.`);
  }), at);
}
