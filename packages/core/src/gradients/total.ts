/** Sums of gradients that may be missing. */
import { add } from '../ops/add';
import { broadcastTo } from '../ops/broadcast-to';
import { sameShape, type Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';

/** The sum of those terms that are there, of the given shape; undefined where none is. */
export function total(shape: Shape, ...terms: readonly (Tensor | undefined)[]): Tensor | undefined {
  let sum: Tensor | undefined;
  for (const term of terms) if (term) sum = sum ? add(sum, term) : term;
  return sum && (sameShape(sum.shape, shape) ? sum : broadcastTo(sum, shape));
}
