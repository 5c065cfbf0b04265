/** Convolution over three spatial axes and its two adjoints: one walk over all (x, weight, y) triples serves the three. */
import type { StructuredKernels } from '@parsimony/core';
import { at, dim, type Kernels } from './kernel';
import type { View } from './storage';

type ConvAttrs = StructuredKernels['conv'];

/** Calls `fn` with the positions in x [N, C, D, H, W], weight [O, C/groups, kD, kH, kW] and y [N, O, d, h, w] of each product. */
function eachProduct(x: View, weight: View, y: View, attrs: ConvAttrs, fn: (x: number, weight: number, y: number) => void): void {
  const [O, perGroup, kD, kH, kW] = [0, 1, 2, 3, 4].map((axis) => dim(weight, axis)) as [number, number, number, number, number];
  const [batch, C, D, H, W] = [0, 1, 2, 3, 4].map((axis) => dim(x, axis)) as [number, number, number, number, number];
  const [d, h, w] = [dim(y, 2), dim(y, 3), dim(y, 4)];
  const outputsPerGroup = O / attrs.groups;
  let to = 0;
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < O; o++) {
      const firstChannel = Math.floor(o / outputsPerGroup) * perGroup;
      for (let i = 0; i < d; i++) for (let j = 0; j < h; j++) for (let k = 0; k < w; k++, to++) {
        for (let c = 0; c < perGroup; c++) {
          for (let p = 0; p < kD; p++) {
            const z = i * attrs.stride[0] - attrs.padding[0] + p * attrs.dilation[0];
            if (z < 0 || z >= D) continue;
            for (let q = 0; q < kH; q++) {
              const row = j * attrs.stride[1] - attrs.padding[1] + q * attrs.dilation[1];
              if (row < 0 || row >= H) continue;
              for (let r = 0; r < kW; r++) {
                const column = k * attrs.stride[2] - attrs.padding[2] + r * attrs.dilation[2];
                if (column < 0 || column >= W) continue;
                const from = (((n * C + firstChannel + c) * D + z) * H + row) * W + column;
                fn(from, (((o * perGroup + c) * kD + p) * kH + q) * kW + r, to);
              }
            }
          }
        }
      }
    }
  }
}

/** target[i] += a b, on zeros to begin with. */
function accumulate(target: View): (i: number, a: number | undefined, b: number | undefined) => void {
  const data = target.data.fill(0);
  return (i, a, b) => { data[i] = (data[i] ?? NaN) + (a ?? NaN) * (b ?? NaN); };
}

export const convKernels: Kernels = {
  conv: ({ inputs, outputs, attrs }) => {
    const [x, weight, y] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    const add = accumulate(y);
    eachProduct(x, weight, y, attrs, (i, w, o) => add(o, x.data[i], weight.data[w]));
  },

  convInputGrad: ({ inputs, outputs, attrs }) => {
    const [dy, weight, dx] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    const add = accumulate(dx);
    eachProduct(dx, weight, dy, attrs, (i, w, o) => add(i, dy.data[o], weight.data[w]));
  },

  convWeightGrad: ({ inputs, outputs, attrs }) => {
    const [x, dy, dweight] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    const add = accumulate(dweight);
    eachProduct(x, dweight, dy, attrs, (i, w, o) => add(w, x.data[i], dy.data[o]));
  },
};
