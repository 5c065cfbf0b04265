/** Lengths of vectors. */
import { fail, show } from '../errors';
import type { Tensor } from '../tensor/tensor';
import { abs } from './abs';
import { asTensor, expectDType } from './convert';
import { equal } from './equal';
import { pow } from './pow';
import { reduceAxes, type ReduceOptions, reduction, refuseEmpty } from './reduce';
import { safeSqrt } from './safe-sqrt';
import { square } from './square';
import { where } from './where';

export interface VectorNormOptions extends ReduceOptions {
  /** The exponent, above 0; `Infinity` for the greatest magnitude. Default 2. */
  readonly p?: number;
}

/**
 * (sum |x|^p)^(1/p) over axes; max |x| for p = Infinity. Its gradient at the zero vector is 0. PyTorch's `linalg.vector_norm`.
 *
 * @param x - Any shape; float32.
 * @param options - `p` (default 2), `axis` (default all), `keepdim` (default false).
 * @throws shape: an axis that x does not have; dtype: not float32; option: p is not above 0.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.norm(tensor([[3, 4], [6, 8]]), { axis: 1 }).array(); // => [5, 10]
 * await ops.norm(tensor([3, -4]), { p: 1 }).item(); // => 7
 * ```
 */
export function norm(x: Tensor, options: VectorNormOptions = {}): Tensor {
  expectDType('norm', 'x', asTensor('norm', 'x', x), 'float32');
  const plan = reduction('norm', x, options, ['p']);
  const { p = 2 } = options;
  if (typeof p !== 'number' || !(p > 0)) fail('option', `norm: \`p\` must be in (0, Infinity], received ${show(p)}.`);
  if (p === 2) return safeSqrt(reduceAxes('sum', square(x), plan));
  if (p === 1) return reduceAxes('sum', abs(x), plan);
  if (p === Infinity) {
    refuseEmpty('norm', x, plan);
    return reduceAxes('max', abs(x), plan);
  }
  return safePow(reduceAxes('sum', safePow(abs(x), p), plan), 1 / p);
}

/** x^exponent for x >= 0, whose gradient at 0 is 0, where it may be infinite. */
function safePow(x: Tensor, exponent: number): Tensor {
  const zero = equal(x, 0);
  return where(zero, 0, pow(where(zero, 1, x), exponent));
}
