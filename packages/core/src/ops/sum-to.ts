/** The adjoint of broadcasting. */
import { sameShape, type Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { reduceAxes } from './reduce';

/** Sums x over the axes along which `shape` was broadcast to x's. Returns x itself where there are none. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis < lead || (shape[axis - lead] === 1 && x.shape[axis] !== 1));
  return reduceAxes('sum', x, { axes, shape });
}
