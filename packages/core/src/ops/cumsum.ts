/** Running sums. */
import { checkBoolean, checkOptions } from '../options';
import { checkAxis } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, cast } from './convert';
import { dispatchOne } from './dispatch';
import { aroundAxis } from './indexing';
import { reshape } from './reshape';

export interface CumsumOptions {
  /** Sum from the end. Default false. */
  readonly reverse?: boolean;
}

/** Running sums along the middle axis of [outer, n, inner]. */
export const cumsumLines = (x: Tensor, reverse: boolean): Tensor => dispatchOne('cumsum', [x], x.shape, x.dtype, { attrs: { reverse } });

/**
 * y_j = x_0 + … + x_j along an axis.
 *
 * @param x - Any shape of at least one axis. int32 and bool sum to int32.
 * @param axis - The axis; negative ones count from the end.
 * @param options - `reverse` (default false): y_j = x_j + … + x_(n-1).
 * @throws shape: an axis that x does not have.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.cumsum(tensor([1, 2, 3]), 0).array(); // => [1, 3, 6]
 * await ops.cumsum(tensor([1, 2, 3]), 0, { reverse: true }).array(); // => [6, 5, 3]
 * ```
 */
export function cumsum(x: Tensor, axis: number, options: CumsumOptions = {}): Tensor {
  checkOptions('cumsum', options, ['reverse']);
  const { reverse = false } = options;
  checkBoolean('cumsum', 'reverse', reverse);
  const numbers = asTensor('cumsum', 'x', x).dtype === 'bool' ? cast(x, 'int32') : x;
  const at = checkAxis('cumsum', axis, x.rank);
  return reshape(cumsumLines(aroundAxis(numbers, at), reverse), x.shape);
}
