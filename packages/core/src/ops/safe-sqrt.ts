/** The square root for lengths and deviations. */
import type { Tensor } from '../tensor/tensor';
import { equal } from './equal';
import { sqrt } from './sqrt';
import { where } from './where';

/** sqrt(x), whose gradient at 0 is 0 where that of `sqrt` is infinite and would make NaN of what it is multiplied with. */
export function safeSqrt(x: Tensor): Tensor {
  const zero = equal(x, 0);
  return where(zero, 0, sqrt(where(zero, 1, x)));
}
