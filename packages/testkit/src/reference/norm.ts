/** Layer and batch normalization: both standardize groups of elements, and differ in which and in where weights lie. */
import { at, dim, type Kernels } from './kernel';
import type { View } from './storage';

/** For each group the positions of its elements; `feature(p)` is the weight's index at position p. */
interface Layout { readonly groups: readonly (readonly number[])[]; readonly feature: (position: number) => number }

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** x [rows, n]: each row is a group, each column has a weight. */
function byRow(x: View): Layout {
  const [rows, n] = [dim(x, 0), dim(x, 1)];
  return { groups: range(rows).map((r) => range(n).map((i) => r * n + i)), feature: (p) => p % n };
}

/** x [N, C, S]: each channel is a group and has a weight. */
function byChannel(x: View): Layout {
  const [N, C, S] = [dim(x, 0), dim(x, 1), dim(x, 2)];
  const channel = (c: number) => range(N).flatMap((i) => range(S).map((s) => (i * C + c) * S + s));
  return { groups: range(C).map(channel), feature: (p) => Math.floor(p / S) % C };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

interface Statistics { readonly mean: number; readonly variance: number }

function statistics(x: View, group: readonly number[]): Statistics {
  const center = mean(group.map((p) => x.data[p]!));
  return { mean: center, variance: mean(group.map((p) => (x.data[p]! - center) ** 2)) };
}

/** y = (x - mean) / sqrt(variance + eps) * weight + bias; `report` gets each group's statistics. */
function normalize(inputs: readonly View[], y: View, eps: number, { groups, feature }: Layout, report: (group: number, found: Statistics) => void): void {
  const [x, weight, bias] = [at(inputs, 0), inputs[1], inputs[2]];
  groups.forEach((group, g) => {
    const found = statistics(x, group);
    report(g, found);
    const rstd = 1 / Math.sqrt(found.variance + eps);
    for (const p of group) {
      y.data[p] = (x.data[p]! - found.mean) * rstd * (weight?.data[feature(p)] ?? 1) + (bias?.data[feature(p)] ?? 0);
    }
  });
}

/** With h = (x - mean) rstd and g = dy weight: dx = rstd (g - mean(g) - h mean(g h)); dweight = sum dy h, dbias = sum dy. */
function normalizeGrad(dy: View, x: View, weight: View | undefined, outputs: readonly View[], { groups, feature }: Layout, of: (group: number) => { mean: number; rstd: number }): void {
  const [dx, dweight, dbias] = [at(outputs, 0), outputs[1], outputs[2]];
  dweight?.data.fill(0);
  dbias?.data.fill(0);
  groups.forEach((group, index) => {
    const { mean: center, rstd } = of(index);
    const h = group.map((p) => (x.data[p]! - center) * rstd);
    const g = group.map((p) => dy.data[p]! * (weight?.data[feature(p)] ?? 1));
    const [meanG, meanGH] = [mean(g), mean(g.map((v, i) => v * h[i]!))];
    group.forEach((p, i) => {
      dx.data[p] = rstd * (g[i]! - meanG - h[i]! * meanGH);
      if (dweight) dweight.data[feature(p)]! += dy.data[p]! * h[i]!;
      if (dbias) dbias.data[feature(p)]! += dy.data[p]!;
    });
  });
}

export const normKernels: Kernels = {
  layerNorm: ({ inputs, outputs, scalars }) => {
    const [eps, means, rstds] = [scalars[0] ?? NaN, at(outputs, 1), at(outputs, 2)];
    normalize(inputs, at(outputs, 0), eps, byRow(at(inputs, 0)), (row, found) => {
      means.data[row] = found.mean;
      rstds.data[row] = 1 / Math.sqrt(found.variance + eps);
    });
  },

  layerNormGrad: ({ inputs, outputs }) => {
    const [dy, x, means, rstds] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    normalizeGrad(dy, x, inputs[4], outputs, byRow(x), (row) => ({ mean: means.data[row]!, rstd: rstds.data[row]! }));
  },

  batchNorm: ({ inputs, outputs, scalars }) => {
    const [means, variances] = [at(outputs, 1), at(outputs, 2)];
    normalize(inputs, at(outputs, 0), scalars[0] ?? NaN, byChannel(at(inputs, 0)), (channel, found) => {
      means.data[channel] = found.mean;
      variances.data[channel] = found.variance;
    });
  },

  batchNormGrad: ({ inputs, outputs, scalars }) => {
    const [dy, x, means, variances] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    const eps = scalars[0] ?? NaN;
    normalizeGrad(dy, x, inputs[4], outputs, byChannel(x), (c) => ({ mean: means.data[c]!, rstd: 1 / Math.sqrt(variances.data[c]! + eps) }));
  },
};
