/** Products of all but one, for the gradient of `prod`. */
import type { Tensor } from '../tensor/tensor';
import { concat } from './concat';
import { constantLike } from './convert';
import { mul } from './mul';
import { slice } from './slice';

/** x [outer, n, inner] moved by `by` along its axis, with ones moving in: by > 0 away from the front. */
function shifted(x: Tensor, by: number): Tensor {
  const [outer = 0, n = 0, inner = 0] = x.shape;
  const ones = constantLike(x, 1, 'float32', [outer, Math.min(Math.abs(by), n), inner]);
  if (Math.abs(by) >= n) return ones;
  return by > 0 ? concat([ones, slice(x, [{}, { end: n - by }])], 1) : concat([slice(x, [{}, { start: -by }]), ones], 1);
}

/** The products of what lies before each element (direction 1) or behind it (-1), in log n rounds of doubling reach. */
function productsBeside(x: Tensor, direction: 1 | -1): Tensor {
  const n = x.shape[1] ?? 0;
  let y = shifted(x, direction);
  for (let reach = 1; reach < n - 1; reach *= 2) y = mul(y, shifted(y, direction * reach));
  return y;
}

/**
 * x [outer, n, inner] -> the product of the n - 1 others of each element's line. Without division, so zeros do no harm,
 * and made of products, so every further derivative is right there too.
 */
export const productsOfOthers = (x: Tensor): Tensor => mul(productsBeside(x, 1), productsBeside(x, -1));
