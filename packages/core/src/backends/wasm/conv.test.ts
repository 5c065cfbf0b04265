import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConvAttrs, Triple } from '../../kernels/structured';
import { sizeOf } from '../../tensor/shape';
import { bench, type Bench, close, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

type Case = { name: string; x: number[]; w: number[] } & Partial<ConvAttrs>;

const cases: Case[] = [
  { name: 'a plain 3x3', x: [2, 3, 1, 7, 9], w: [5, 3, 1, 3, 3] },
  { name: 'padding', x: [2, 3, 1, 7, 9], w: [4, 3, 1, 3, 3], padding: [0, 1, 1] },
  { name: 'stride and padding', x: [1, 2, 1, 9, 11], w: [6, 2, 1, 3, 3], stride: [1, 2, 3], padding: [0, 2, 1] },
  { name: 'dilation', x: [2, 2, 1, 12, 13], w: [3, 2, 1, 3, 2], dilation: [1, 3, 2], padding: [0, 2, 2] },
  { name: 'groups', x: [3, 6, 1, 6, 6], w: [9, 2, 1, 3, 3], groups: 3, padding: [0, 1, 1] },
  { name: 'depthwise', x: [2, 5, 1, 8, 8], w: [5, 1, 1, 3, 3], groups: 5, padding: [0, 1, 1], stride: [1, 2, 2] },
  { name: '1x1', x: [2, 300, 1, 5, 5], w: [7, 300, 1, 1, 1] },
  { name: 'one axis', x: [2, 4, 1, 1, 50], w: [8, 4, 1, 1, 5], padding: [0, 0, 2], stride: [1, 1, 2] },
  { name: 'three axes', x: [2, 3, 5, 6, 7], w: [4, 3, 3, 2, 3], padding: [1, 1, 1], stride: [2, 1, 2] },
  { name: 'several runs of columns', x: [1, 40, 1, 24, 24], w: [9, 40, 1, 3, 3], padding: [0, 1, 1] },
  { name: 'many images', x: [40, 2, 1, 5, 5], w: [3, 2, 1, 3, 3] },
  { name: 'padding wider than the input', x: [1, 1, 1, 2, 2], w: [1, 1, 1, 3, 3], padding: [0, 3, 3] },
];

const one: Triple = [1, 1, 1];

function complete(c: Case): { attrs: ConvAttrs; y: number[] } {
  const attrs = { stride: c.stride ?? one, padding: c.padding ?? [0, 0, 0], dilation: c.dilation ?? one, groups: c.groups ?? 1 } as const;
  const spatial = [0, 1, 2].map((a) => Math.floor((c.x[2 + a]! + 2 * attrs.padding[a]! - attrs.dilation[a]! * (c.w[2 + a]! - 1) - 1) / attrs.stride[a]!) + 1);
  return { attrs, y: [c.x[0]!, c.w[0]!, ...spatial] };
}

/** Calls `fn` with the positions in x, weight and y of every product. */
function products(c: Case, attrs: ConvAttrs, yShape: number[], fn: (x: number, w: number, y: number) => void): void {
  const [N, C, D, H, W] = c.x as [number, number, number, number, number];
  const [O, G, kD, kH, kW] = c.w as [number, number, number, number, number];
  const [, , d, h, w] = yShape as [number, number, number, number, number];
  const { stride: s, padding: p, dilation: l, groups } = attrs;
  for (let n = 0; n < N; n++) for (let o = 0; o < O; o++) for (let g = 0; g < G; g++) {
    const channel = Math.floor(o / (O / groups)) * G + g;
    for (let i = 0; i < d; i++) for (let j = 0; j < h; j++) for (let k = 0; k < w; k++) {
      for (let a = 0; a < kD; a++) for (let e = 0; e < kH; e++) for (let f = 0; f < kW; f++) {
        const [z, y, x] = [i * s[0] + a * l[0] - p[0], j * s[1] + e * l[1] - p[1], k * s[2] + f * l[2] - p[2]];
        if (z < 0 || z >= D || y < 0 || y >= H || x < 0 || x >= W) continue;
        fn((((n * C + channel) * D + z) * H + y) * W + x, (((o * G + g) * kD + a) * kH + e) * kW + f, (((n * O + o) * d + i) * h + j) * w + k);
      }
    }
  }
}

describe.each(cases)('$name', (c) => {
  const { attrs, y: yShape } = complete(c);
  const json = attrs as unknown as Record<string, never>;
  const [x, w, dy] = [noise(sizeOf(c.x), 1), noise(sizeOf(c.w), 2), noise(sizeOf(yShape), 3)];

  it('forward', async () => {
    const want = new Float64Array(dy.length);
    products(c, attrs, yShape, (i, j, k) => { want[k]! += x[i]! * w[j]!; });
    expect(close((await b.run('conv', [b.floats(x, c.x), b.floats(w, c.w)], [b.like(yShape)], json))[0]!, want)).toBeLessThan(1e-5);
  });

  it('gradient of the input', async () => {
    const want = new Float64Array(x.length);
    products(c, attrs, yShape, (i, j, k) => { want[i]! += dy[k]! * w[j]!; });
    expect(close((await b.run('convInputGrad', [b.floats(dy, yShape), b.floats(w, c.w)], [b.like(c.x)], json))[0]!, want)).toBeLessThan(1e-5);
  });

  it('gradient of the weight', async () => {
    const want = new Float64Array(w.length);
    products(c, attrs, yShape, (i, j, k) => { want[j]! += dy[k]! * x[i]!; });
    expect(close((await b.run('convWeightGrad', [b.floats(x, c.x), b.floats(dy, yShape)], [b.like(c.w)], json))[0]!, want)).toBeLessThan(1e-5);
  });
});

it('a sum over more channels than a panel holds is cut into slabs', async () => {
  const [channels, taps] = [3000, 9];
  const x = noise(channels * 9, 1);
  const w = noise(2 * channels * taps, 2);
  const attrs = { stride: one, padding: [0, 0, 0], dilation: one, groups: 1 } as const;
  const [y] = await b.run('conv', [b.floats(x, [1, channels, 1, 3, 3]), b.floats(w, [2, channels, 1, 3, 3])], [b.like([1, 2, 1, 1, 1])], attrs);
  const want = [0, 1].map((o) => x.reduce((sum, v, i) => sum + v * w[o * channels * taps + i]!, 0));
  expect(close(y!, want)).toBeLessThan(1e-5);
});
