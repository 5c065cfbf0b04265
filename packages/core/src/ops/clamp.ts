/** Values kept within bounds. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { unary } from './elementwise';
import { maximum } from './maximum';
import { minimum } from './minimum';

export interface ClampOptions {
  /** Lower bound. Default: none. */
  readonly min?: number;
  /** Upper bound; it prevails where it is below `min`. Default: none. */
  readonly max?: number;
}

/**
 * min(max(x, options.min), options.max), elementwise. The gradient passes at the bounds themselves.
 *
 * @param x - Any shape; float32, or int32 with whole bounds.
 * @param options - `min`, `max`: at least one.
 * @throws option: neither bound, or one that is not a finite number; dtype: bool.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.clamp(tensor([-2, 0.5, 3]), { min: 0, max: 1 }).array(); // => [0, 0.5, 1]
 * ```
 */
export function clamp(x: Tensor, options: ClampOptions): Tensor {
  expectDType('clamp', 'x', asTensor('clamp', 'x', x), 'float32', 'int32');
  checkOptions('clamp', options, ['min', 'max']);
  const { min, max } = options;
  if (min === undefined && max === undefined) fail('option', 'clamp: expected `min`, `max` or both, received neither.');
  for (const [name, bound] of [['min', min], ['max', max]] as const) if (bound !== undefined) checkNumber('clamp', name, bound);
  if (x.dtype === 'int32' && Number.isInteger(min ?? 0) && Number.isInteger(max ?? 0)) {
    const raised = min === undefined ? x : maximum(x, min);
    return max === undefined ? raised : minimum(raised, max);
  }
  return unary('clamp', x, [min ?? -Infinity, max ?? Infinity]);
}
