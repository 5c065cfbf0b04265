/** Pooling over three spatial axes: every kernel is a loop over windows. */
import type { StructuredKernels } from '@parsimony/core';
import { at, dim, type Kernels } from './kernel';
import { beats } from './reduce';
import type { View } from './storage';

type PoolAttrs = StructuredKernels['maxPool'];
type AvgPoolAttrs = StructuredKernels['avgPool'];

interface Window {
  /** Position of the window's value in y. */
  readonly to: number;
  /** Position of its plane [D, H, W] in x. */
  readonly plane: number;
  /** Positions within the plane, those in padding left out. */
  readonly cells: readonly number[];
  /** Cells in all, those in padding counted in; beyond the padding there are none. */
  readonly full: number;
}

/** The coordinates that a window covers along one axis, and how many cells it has there with padding. */
type Span = (axis: 0 | 1 | 2, i: number) => { readonly inside: readonly number[]; readonly full: number };

function eachWindow(x: View, y: View, span: Span, fn: (window: Window) => void): void {
  const [H, W] = [dim(x, 3), dim(x, 4)];
  const volume = dim(x, 2) * H * W;
  const [d, h, w] = [dim(y, 2), dim(y, 3), dim(y, 4)];
  let to = 0;
  for (let plane = 0; plane < dim(x, 0) * dim(x, 1); plane++) {
    for (let i = 0; i < d; i++) for (let j = 0; j < h; j++) for (let k = 0; k < w; k++, to++) {
      const [a, b, c] = [span(0, i), span(1, j), span(2, k)];
      const cells = a.inside.flatMap((z) => b.inside.flatMap((row) => c.inside.map((column) => (z * H + row) * W + column)));
      fn({ to, plane: plane * volume, cells, full: a.full * b.full * c.full });
    }
  }
}

function sliding(x: View, { kernel, stride, padding, dilation }: PoolAttrs): Span {
  return (axis, i) => {
    const size = dim(x, 2 + axis);
    const start = i * stride[axis] - padding[axis];
    const all = Array.from({ length: kernel[axis] }, (_, k) => start + k * dilation[axis]);
    return { inside: all.filter((z) => z >= 0 && z < size), full: all.filter((z) => z < size + padding[axis]).length };
  };
}

function adaptive(x: View, y: View): Span {
  return (axis, i) => {
    const [size, n] = [dim(x, 2 + axis), dim(y, 2 + axis)];
    const start = Math.floor((i * size) / n);
    const inside = Array.from({ length: Math.ceil(((i + 1) * size) / n) - start }, (_, k) => start + k);
    return { inside, full: inside.length };
  };
}

function maximum(x: View, y: View, index: View, span: Span): void {
  eachWindow(x, y, span, ({ to, plane, cells }) => {
    const value = (cell: number | undefined) => (cell === undefined ? -Infinity : x.data[plane + cell] ?? NaN);
    const best = cells.reduce((a, b) => (beats(value(b), value(a)) ? b : a), cells[0] ?? 0);
    y.data[to] = cells.length === 0 ? -Infinity : value(best);
    index.data[to] = best;
  });
}

type Divisor = (window: Window) => number;

function average(x: View, y: View, span: Span, divisor: Divisor): void {
  eachWindow(x, y, span, (window) => {
    y.data[window.to] = window.cells.reduce((sum, cell) => sum + (x.data[window.plane + cell] ?? NaN), 0) / divisor(window);
  });
}

function averageGrad(dy: View, dx: View, span: Span, divisor: Divisor): void {
  dx.data.fill(0);
  eachWindow(dx, dy, span, (window) => {
    const share = (dy.data[window.to] ?? NaN) / divisor(window);
    for (const cell of window.cells) dx.data[window.plane + cell] = (dx.data[window.plane + cell] ?? NaN) + share;
  });
}

const size: Divisor = ({ cells }) => cells.length;
const avgDivisor = (attrs: AvgPoolAttrs): Divisor => ({ cells, full }) => attrs.divisor || (attrs.countIncludePad ? full : cells.length);
const withoutDilation = (attrs: AvgPoolAttrs): PoolAttrs => ({ ...attrs, dilation: [1, 1, 1] });

export const poolKernels: Kernels = {
  maxPool: ({ inputs, outputs, attrs }) => maximum(at(inputs, 0), at(outputs, 0), at(outputs, 1), sliding(at(inputs, 0), attrs)),
  avgPool: ({ inputs, outputs, attrs }) => average(at(inputs, 0), at(outputs, 0), sliding(at(inputs, 0), withoutDilation(attrs)), avgDivisor(attrs)),
  avgPoolGrad: ({ inputs, outputs, attrs }) => averageGrad(at(inputs, 0), at(outputs, 0), sliding(at(outputs, 0), withoutDilation(attrs)), avgDivisor(attrs)),
  adaptiveAvgPool: ({ inputs, outputs }) => average(at(inputs, 0), at(outputs, 0), adaptive(at(inputs, 0), at(outputs, 0)), size),
  adaptiveAvgPoolGrad: ({ inputs, outputs }) => averageGrad(at(inputs, 0), at(outputs, 0), adaptive(at(outputs, 0), at(inputs, 0)), size),
  adaptiveMaxPool: ({ inputs, outputs }) => maximum(at(inputs, 0), at(outputs, 0), at(outputs, 1), adaptive(at(inputs, 0), at(outputs, 0))),
};
