import type { Gradient } from '../autograd/tape';
import { matmul } from '../ops/matmul';
import { sum } from '../ops/sum';

/** y = x W^T + b: dx = dy W, dW = dy^T x, db = the sum of dy over rows. */
export const linearGradient: Gradient = ({ inputs: [x, weight] }, [dy], needs) => {
  if (!x || !weight || !dy) return [];
  return [
    needs[0] ? matmul(dy, weight) : undefined,
    needs[1] ? matmul(dy, x, { transposeA: true }) : undefined,
    needs[2] ? sum(dy, { axis: 0 }) : undefined,
  ];
};
