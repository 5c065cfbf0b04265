import type { Gradient } from '../autograd/tape';
import { mul } from '../ops/mul';

/** d sum x^2 = 2 x dy. */
export const sumSquaresGradient: Gradient = ({ inputs }, [dy], needs) => {
  if (!dy) return [];
  const twice = mul(dy, 2);
  return inputs.map((x, i) => (needs[i] ? mul(x, twice) : undefined));
};
