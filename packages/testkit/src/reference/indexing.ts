/** Gathers and scatters along the middle axis of [outer, n, inner]. */
import { fail } from '@parsimony/core';
import { at, dim, type Kernels } from './kernel';
import type { View } from './storage';

/**
 * Calls `fn(small, large)` for every element [o, j, i] of `small` [outer, k, inner] and the element [o, index, i] of
 * `large` [outer, n, inner] that it is paired with, j ascending within each.
 */
function eachPair(kernel: string, small: View, large: View, index: View, fn: (small: number, large: number) => void): void {
  const [outer, k, inner, n] = [dim(small, 0), dim(small, 1), dim(small, 2), dim(large, 1)];
  const shared = index.shape.length === 1;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < k; j++) {
      for (let i = 0; i < inner; i++) {
        const position = (o * k + j) * inner + i;
        fn(position, (o * n + checked(kernel, index.data[shared ? j : position] ?? NaN, n)) * inner + i);
      }
    }
  }
}

function checked(kernel: string, index: number, n: number): number {
  if (index >= 0 && index < n) return index;
  return fail('range', `${kernel}: indices must be in [0, ${n}), received ${index}.`);
}

/** Whole indices are checked even where outer or inner is 0 and nothing is copied. */
function checkAll(kernel: string, index: View, n: number): void {
  for (const value of index.data) checked(kernel, value, n);
}

export const indexingKernels: Kernels = {
  indexSelect: ({ inputs, outputs }) => {
    const [x, index, y] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    checkAll('indexSelect', index, dim(x, 1));
    eachPair('indexSelect', y, x, index, (to, from) => { y.data[to] = x.data[from] ?? NaN; });
  },

  indexAdd: ({ inputs, outputs }) => {
    const [x, index, y] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    checkAll('indexAdd', index, dim(y, 1));
    y.data.fill(0);
    eachPair('indexAdd', x, y, index, (from, to) => { y.data[to] = (y.data[to] ?? NaN) + (x.data[from] ?? NaN); });
  },

  gather: ({ inputs, outputs }) => {
    const [x, index, y] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    eachPair('gather', y, x, index, (to, from) => { y.data[to] = x.data[from] ?? NaN; });
  },

  scatterAdd: ({ inputs, outputs }) => {
    const [x, index, y] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    y.data.fill(0);
    eachPair('scatterAdd', x, y, index, (from, to) => { y.data[to] = (y.data[to] ?? NaN) + (x.data[from] ?? NaN); });
  },

  scatter: ({ inputs, outputs }) => {
    const [x, index, source, y] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(outputs, 0)];
    y.data.set(x.data);
    eachPair('scatter', source, y, index, (from, to) => { y.data[to] = source.data[from] ?? NaN; });
  },
};
