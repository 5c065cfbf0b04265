/** Reductions and scans along the middle axis of [outer, n, inner]. */
import { at, dim, type Kernels } from './kernel';
import type { View } from './storage';

/** The n values of each line [o, :, i], with the line's number o * inner + i and the position of each of its values. */
function eachLine(x: View, fn: (line: number, values: readonly number[], positions: readonly number[]) => void): void {
  const [outer, n, inner] = [dim(x, 0), dim(x, 1), dim(x, 2)];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const positions = Array.from({ length: n }, (_, j) => (o * n + j) * inner + i);
      fn(o * inner + i, positions.map((p) => x.data[p] ?? NaN), positions);
    }
  }
}

const floats = {
  sum: [0, (a: number, b: number) => a + b],
  prod: [1, (a: number, b: number) => a * b],
  max: [-Infinity, (a: number, b: number) => Math.max(a, b)],
  min: [Infinity, (a: number, b: number) => Math.min(a, b)],
} as const;

const integers = {
  ...floats,
  sum: [0, (a: number, b: number) => (a + b) | 0],
  prod: [1, (a: number, b: number) => Math.imul(a, b)],
} as const;

/** Whether `value` beats `best`: NaN beats every number, and the first of equals stays. */
export const beats = (value: number, best: number): boolean => value > best || (Number.isNaN(value) && !Number.isNaN(best));

export const reduceKernels: Kernels = {
  reduce: ({ inputs, outputs, attrs }) => {
    const [x, y] = [at(inputs, 0), at(outputs, 0)];
    const [start, combine] = (x.dtype === 'int32' ? integers : floats)[attrs.op];
    eachLine(x, (line, values) => { y.data[line] = values.reduce(combine, start); });
  },

  argReduce: ({ inputs, outputs, attrs }) => {
    const [x, y] = [at(inputs, 0), at(outputs, 0)];
    const sign = attrs.op === 'max' ? 1 : -1;
    eachLine(x, (line, values) => {
      y.data[line] = values.reduce((best, value, j) => (beats(sign * value, sign * (values[best] ?? NaN)) ? j : best), 0);
    });
  },

  cumsum: ({ inputs, outputs, attrs }) => {
    const [x, y] = [at(inputs, 0), at(outputs, 0)];
    const [start, add] = (x.dtype === 'int32' ? integers : floats).sum;
    eachLine(x, (_line, values, positions) => {
      const order = positions.map((_position, j) => (attrs.reverse ? positions.length - 1 - j : j));
      let sum: number = start;
      for (const j of order) {
        sum = add(sum, values[j] ?? NaN);
        y.data[positions[j] ?? 0] = sum;
      }
    });
  },
};
