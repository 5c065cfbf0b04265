/** Remainder of a division. */
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { meet, type Operand } from './convert';
import { arithmetic, floating } from './elementwise';
import { less } from './less';
import { logicalAnd } from './logical-and';
import { logicalXor } from './logical-xor';
import { mul } from './mul';
import { notEqual } from './not-equal';
import { sub } from './sub';
import { where } from './where';

/**
 * a - b floor(a / b), elementwise with broadcasting: of b's sign, as Python's %.
 *
 * @param a - Any shape; or a number. Two int32 give int32.
 * @param b - A shape that broadcasts with a's; or a number. Not 0.
 * @throws shape: the shapes do not broadcast; dtype: two bools.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.remainder(tensor([-3, 5.5]), 2).array(); // => [1, 1.5]
 * ```
 */
export function remainder(a: Operand, b: Operand): Tensor {
  const [x, y] = meet('remainder', a, b);
  if (x.dtype === 'float32') return floating('remainder', x, y);
  // The kernel's division of whole numbers truncates: the rest has the sign of a, and is moved to b's where they differ.
  const rest = sub(x, mul(arithmetic('div', x, y), y));
  return where(logicalAnd(notEqual(rest, 0), logicalXor(less(rest, 0), less(y, 0))), add(rest, y), rest);
}
