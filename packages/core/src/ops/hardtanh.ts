/** Piecewise linear hyperbolic tangent. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import { unary } from './elementwise';

export interface HardtanhOptions {
  /** Default -1. */
  readonly minVal?: number;
  /** Above `minVal`. Default 1. */
  readonly maxVal?: number;
}

/**
 * min(max(x, minVal), maxVal), elementwise. As `clamp`, but the gradient is 0 at the bounds themselves.
 *
 * @param x - Any shape; int32 and bool become float32.
 * @param options - `minVal` (default -1), `maxVal` (default 1).
 * @throws option: maxVal is not above minVal.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.hardtanh(tensor([-2, 0.5, 3])).array(); // => [-1, 0.5, 1]
 * ```
 */
export function hardtanh(x: Tensor, options: HardtanhOptions = {}): Tensor {
  checkOptions('hardtanh', options, ['minVal', 'maxVal']);
  const { minVal = -1, maxVal = 1 } = options;
  checkNumber('hardtanh', 'minVal', minVal);
  checkNumber('hardtanh', 'maxVal', maxVal);
  if (maxVal <= minVal) fail('option', `hardtanh: \`maxVal\` must be above \`minVal\`, received ${maxVal} and ${minVal}.`);
  return unary('clamp', x, [minVal, maxVal], { op: 'hardtanh' });
}
