/** Softmax, its logarithm, and their gradients, over the rows of [rows, n]. */
import { at, dim, type Kernels } from './kernel';
import type { View } from './storage';

/** Runs `fn` on row r of every view, as subarrays, so that what it writes stays. */
function eachRow(views: readonly View[], fn: (...rows: Float64Array[]) => void): void {
  const first = at(views, 0);
  const n = dim(first, 1);
  for (let r = 0; r < dim(first, 0); r++) fn(...views.map((view) => view.data.subarray(r * n, (r + 1) * n)));
}

const sum = (row: Float64Array): number => row.reduce((a, b) => a + b, 0);

/** x - max x and the logarithm of the sum of its exponentials. */
function shifted(x: Float64Array): { readonly values: Float64Array; readonly logSum: number } {
  const max = x.reduce((a, b) => Math.max(a, b), -Infinity);
  const values = x.map((v) => v - max);
  return { values, logSum: Math.log(sum(values.map(Math.exp))) };
}

export const softmaxKernels: Kernels = {
  softmax: ({ inputs, outputs }) => eachRow([at(inputs, 0), at(outputs, 0)], (x, y) => {
    const { values, logSum } = shifted(x!);
    y!.set(values.map((v) => Math.exp(v) / Math.exp(logSum)));
  }),

  logSoftmax: ({ inputs, outputs }) => eachRow([at(inputs, 0), at(outputs, 0)], (x, y) => {
    const { values, logSum } = shifted(x!);
    y!.set(values.map((v) => v - logSum));
  }),

  softmaxGrad: ({ inputs, outputs }) => eachRow([at(inputs, 0), at(inputs, 1), at(outputs, 0)], (dy, y, dx) => {
    const inner = sum(dy!.map((g, i) => g * y![i]!));
    dx!.set(y!.map((p, i) => p * (dy![i]! - inner)));
  }),

  logSoftmaxGrad: ({ inputs, outputs }) => eachRow([at(inputs, 0), at(inputs, 1), at(outputs, 0)], (dy, y, dx) => {
    const total = sum(dy!);
    dx!.set(y!.map((v, i) => dy![i]! - Math.exp(v) * total));
  }),
};
