/** Variances. */
import { checkNumber } from '../options';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { affine } from './elementwise';
import { reduceAxes, type ReduceOptions, reduction } from './reduce';
import { square } from './square';
import { sub } from './sub';

export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the number of elements that is divided by; 0 is the biased variance. Default 1. */
  readonly correction?: number;
}

/**
 * The variance over axes: sum (x - mean(x))^2 / max(0, n - correction). NaN of fewer elements than that allows. PyTorch's `var`.
 *
 * @param x - Any shape; float32.
 * @param options - `axis` (default all), `keepdim` (default false), `correction` (default 1; PyTorch's `unbiased: false` is 0).
 * @throws shape: an axis that x does not have; dtype: not float32; option: a correction that is negative or not finite.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.variance(tensor([1, 2, 3, 4])).item(); // => 1.666667
 * await ops.variance(tensor([1, 2, 3, 4]), { correction: 0 }).item(); // => 1.25
 * ```
 */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  return varianceOf('variance', x, options);
}

/** The same, with errors in the name of another op. */
export function varianceOf(where: string, x: Tensor, options: VarianceOptions): Tensor {
  expectDType(where, 'x', asTensor(where, 'x', x), 'float32');
  const plan = reduction(where, x, options, ['correction']);
  const correction = checkNumber(where, 'correction', options.correction ?? 1, { min: 0 });
  const centre = affine(reduceAxes('sum', x, { axes: plan.axes, shape: plan.kept }), 1 / plan.count);
  const total = reduceAxes('sum', square(sub(x, centre)), plan);
  return affine(total, 1 / Math.max(0, plan.count - correction));
}
