/** The logarithm of a sum of exponentials. */
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, cast } from './convert';
import { exp } from './exp';
import { isFinite } from './is-finite';
import { log } from './log';
import { reduceAxes, type ReduceOptions, reduction, refuseEmpty } from './reduce';
import { reshape } from './reshape';
import { stopGradient } from './stop-gradient';
import { sub } from './sub';
import { where } from './where';

/**
 * ln sum e^x over axes, computed from x - max(x), so that nothing overflows; -Infinity where all x are.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @param options - `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have, or one of size 0.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.logSumExp(tensor([[1000, 1000], [0, 1]]), { axis: 1 }).array(); // => [1000.693147, 1.313262]
 * ```
 */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  const numbers = cast(asTensor('logSumExp', 'x', x), 'float32');
  const plan = reduction('logSumExp', numbers, options);
  refuseEmpty('logSumExp', x, plan);
  // The shift cancels, so no gradient need flow through it; where the greatest is infinite, subtracting it would give NaN.
  const constant = stopGradient(numbers);
  const greatest = reduceAxes('max', constant, { axes: plan.axes, shape: plan.kept });
  const shift = where(isFinite(greatest), greatest, 0);
  const total = reduceAxes('sum', exp(sub(numbers, shift)), { axes: plan.axes, shape: plan.kept });
  return reshape(add(log(total), shift), plan.shape);
}
