/** Matrix products. */
import { at, broadcastStrides, dim, type Kernels, walk } from './kernel';
import type { View } from './storage';

/** y[m, n] = start(n) + sum_k a[m, k] b[k, n], each matrix at an offset and read with its own strides. */
function multiply(size: readonly [m: number, n: number, k: number], a: Strided, b: Strided, y: Float64Array, yOffset: number, start?: Float64Array): void {
  const [M, N, K] = size;
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = start?.[n] ?? 0;
      for (let k = 0; k < K; k++) {
        sum += (a.data[a.offset + m * a.row + k * a.column] ?? NaN) * (b.data[b.offset + k * b.row + n * b.column] ?? NaN);
      }
      y[yOffset + m * N + n] = sum;
    }
  }
}

interface Strided { readonly data: Float64Array; readonly offset: number; readonly row: number; readonly column: number }

/** A matrix whose last two axes are [rows, columns], or [columns, rows] where transposed. */
const matrix = (view: View, offset: number, width: number, transposed: boolean): Strided => ({
  data: view.data, offset, row: transposed ? 1 : width, column: transposed ? width : 1,
});

export const matmulKernels: Kernels = {
  matmul: ({ inputs, outputs, attrs }) => {
    const [a, b, y] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    const [rank, batch] = [y.shape.length, y.shape.slice(0, -2)];
    const [M, N] = [dim(y, rank - 2), dim(y, rank - 1)];
    const K = dim(a, a.shape.length - (attrs.transposeA ? 2 : 1));
    const starts = (view: View, size: number) => {
      const strides = broadcastStrides(view.shape.slice(0, -2), batch);
      return walk(batch, strides.map((stride) => stride * size));
    };
    const [fromA, fromB] = [starts(a, M * K), starts(b, K * N)];
    fromA.forEach((offset, i) => {
      const left = matrix(a, offset, attrs.transposeA ? M : K, attrs.transposeA);
      const right = matrix(b, fromB[i] ?? 0, attrs.transposeB ? K : N, attrs.transposeB);
      multiply([M, N, K], left, right, y.data, i * M * N);
    });
  },

  linear: ({ inputs, outputs }) => {
    const [x, weight, y] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    const [M, N, K] = [dim(x, 0), dim(weight, 0), dim(x, 1)];
    multiply([M, N, K], matrix(x, 0, K, false), matrix(weight, 0, K, true), y.data, 0, inputs[2]?.data);
  },
};
