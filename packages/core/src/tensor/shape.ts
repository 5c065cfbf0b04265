/** Shapes: sizes of each axis, row-major. The checks here give every op the same wording. */
import { fail, show } from '../errors';

export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** `[2, 3]`, as shapes stand in messages. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** Strides of `shape` seen as `target`, with 0 along broadcast axes. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : own[axis - lead] ?? 0));
}

/** The shape that both broadcast to, by NumPy's rule; an error that names the op and both shapes otherwise. */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = a[a.length - i] ?? 1;
    const n = b[b.length - i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      fail('shape', `${where}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast: sizes ${m} and ${n} differ at axis ${rank - i}. Reshape one, or insert an axis of size 1.`);
    }
    out[rank - i] = m === 1 ? n : m;
  }
  return out;
}

/** An axis counted from the front; negative ones count from the end. */
export function checkAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    fail('shape', `${where}: axis must be a whole number in [${-rank}, ${rank - 1}] for a tensor of rank ${rank}, received ${show(axis)}.`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes counted from the front, ascending and distinct; `undefined` means all. */
export function checkAxes(where: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  if (typeof axes !== 'number' && !Array.isArray(axes)) fail('shape', `${where}: expected an axis or a list of axes, received ${show(axes)}.`);
  const list = (typeof axes === 'number' ? [axes] : [...axes]).map((axis) => checkAxis(where, axis, rank));
  list.sort((a, b) => a - b);
  if (list.some((axis, i) => axis === list[i + 1])) fail('shape', `${where}: axes must be distinct, received ${show(axes)}.`);
  return list;
}

/** Refuses sizes that are not whole numbers of 0 or more. */
export function checkShape(where: string, shape: Shape): Shape {
  if (!Array.isArray(shape) || shape.some((n) => !Number.isInteger(n) || n < 0)) {
    fail('shape', `${where}: a shape is a list of whole numbers of 0 or more, received ${show(shape)}.`);
  }
  return shape;
}
