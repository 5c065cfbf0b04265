/** Dropout's mask and scale, in one pass. */
import { checkNumber } from '../options';
import { checkKey, type RngKey } from '../random/key';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';

/**
 * y_i = x_i m_i / (1 - p), with m_i = 0 with probability p and 1 otherwise.
 *
 * The mask is a pure function of the key and the place i, drawn with 16 bits an element from Philox4x32-10, so it is never
 * stored and is the same on every backend. The probability is p to within 2^-17. p = 0 returns x, p = 1 gives zeros.
 *
 * @param x - Any shape; float32.
 * @param p - Probability to drop, in [0, 1].
 * @param key - From `random.key`, or `ctx.key()` in a module.
 * @throws option: `p` outside [0, 1], or a key that is none.
 * @see Srivastava et al., "Dropout", JMLR 15 (2014).
 * @example
 * ```ts
 * import { ones, ops, random, ready } from '@parsimony/core';
 * await ready();
 * const y = ops.dropout(ones([8]), 0.5, random.key(1));
 * (await y.data()).every((v) => v === 0 || v === 2); // => true
 * ```
 */
export function dropout(x: Tensor, p: number, key: RngKey): Tensor {
  expectDType('dropout', 'x', asTensor('dropout', 'x', x), 'float32');
  checkNumber('dropout', 'p', p, { min: 0, max: 1 });
  checkKey('dropout', key);
  if (p === 0) return x;
  return dropoutKernel(x, [Math.round(p * 65536), p === 1 ? 0 : 1 / (1 - p), ...key]);
}

/** @internal Linear in x: its own gradient. */
export function dropoutKernel(x: Tensor, scalars: readonly number[]): Tensor {
  return dispatchOne('dropout', [x], x.shape, 'float32', { scalars });
}
