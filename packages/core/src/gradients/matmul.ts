import type { Gradient } from '../autograd/tape';
import { matmul } from '../ops/matmul';
import { sumTo } from '../ops/sum-to';

/** y = a b: da = dy b^T and db = a^T dy, read transposed instead of copied, and summed over the batch axes that were broadcast. */
export const matmulGradient: Gradient = ({ inputs: [a, b], attrs }, [dy], needs) => {
  if (!a || !b || !dy) return [];
  const transposeA = attrs['transposeA'] === true;
  const transposeB = attrs['transposeB'] === true;
  const da = (): typeof a => (transposeA
    ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
    : matmul(dy, b, { transposeB: !transposeB }));
  const db = (): typeof b => (transposeB
    ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
    : matmul(a, dy, { transposeA: !transposeA }));
  return [needs[0] ? sumTo(da(), a.shape) : undefined, needs[1] ? sumTo(db(), b.shape) : undefined];
};
