/** What constraints on the weights of units share: their axis, their lengths, and what the plan says of both. */
import { checkTensor, type Finding, fail, ops, type PluginKey, type Shape, showShape, type Tensor } from '@parsimony/core';
import { rankOf, select, type Selection, selectionFindings } from './selection';

/** Undefined where there is none. */
function unitAxis(axis: number, rank: number): number | undefined {
  const units = axis < 0 ? axis + rank : axis;
  return units >= 0 && units < rank ? units : undefined;
}

const noSuchAxis = (axis: number, shape: Shape): string => `there is no axis ${axis} in a weight of shape ${showShape(shape)}.`;

/** @internal The lengths of the slices of w along an axis, [1, .., size, .., 1], and the number of elements in each. */
export function unitLengths(where: string, w: Tensor, axis: number): { readonly lengths: Tensor; readonly size: number } {
  const units = unitAxis(axis, checkTensor(where, 'w', w).rank);
  if (units === undefined) return fail('shape', `${where}: ${noSuchAxis(axis, w.shape)}`);
  const others = w.shape.flatMap((_, i) => (i === units ? [] : [i]));
  return {
    lengths: others.length === 0 ? ops.abs(w) : ops.norm(w, { axis: others, keepdim: true }),
    size: others.reduce((n, i) => n * (w.shape[i] ?? 1), 1),
  };
}

/** @internal Globs that match nothing, and parameters without the axis. */
export function unitFindings(where: string, key: PluginKey, shapes: Readonly<Record<string, Shape>>, selection: Selection, axis: number): Finding[] {
  const found = selectionFindings(where, key, shapes, selection);
  if (found.length > 0) return found;
  const wrong = select(where, shapes, selection, '').find(({ path, factor }) => factor > 0 && unitAxis(axis, rankOf(shapes[path] ?? [])) === undefined);
  return wrong === undefined ? [] : [{
    severity: 'error', code: `${key.slice(key.lastIndexOf('/') + 1)}-axis`, plugins: [key], message: `${where}: \`${wrong.path}\`: ${noSuchAxis(axis, shapes[wrong.path] ?? [])}`,
    hint: 'Give another `axis`, or exclude it.',
  }];
}
