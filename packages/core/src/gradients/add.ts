import type { Gradient } from '../autograd/tape';
import { sumTo } from '../ops/sum-to';

/** d(a + b) = da + db, each summed over the axes it was broadcast along. */
export const addGradient: Gradient = ({ inputs: [a, b] }, [dy], needs) => [
  needs[0] && dy && a ? sumTo(dy, a.shape) : undefined,
  needs[1] && dy && b ? sumTo(dy, b.shape) : undefined,
];
