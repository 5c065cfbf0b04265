import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Triple } from '../../kernels/structured';
import { sizeOf } from '../../tensor/shape';
import { bench, type Bench, close, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

interface Case { readonly name: string; readonly x: number[]; readonly y: number[]; readonly kernel?: Triple; readonly stride?: Triple; readonly padding?: Triple; readonly dilation?: Triple }
const cases: Case[] = [
  { name: '2x2 over 2', x: [2, 3, 1, 8, 24], y: [2, 3, 1, 4, 12], kernel: [1, 2, 2], stride: [1, 2, 2] },
  { name: '3x3 over 2, padded', x: [1, 2, 1, 13, 17], y: [1, 2, 1, 7, 9], kernel: [1, 3, 3], stride: [1, 2, 2], padding: [0, 1, 1] },
  { name: '3x3 over 1, padded', x: [1, 1, 1, 5, 19], y: [1, 1, 1, 5, 19], kernel: [1, 3, 3], stride: [1, 1, 1], padding: [0, 1, 1] },
  { name: 'stride 3, three axes', x: [2, 1, 5, 7, 20], y: [2, 1, 2, 3, 6], kernel: [2, 3, 3], stride: [2, 2, 3], padding: [0, 1, 0] },
];
const dilated: Case = { name: 'dilated', x: [1, 2, 1, 9, 21], y: [1, 2, 1, 7, 19], kernel: [1, 2, 3], stride: [1, 1, 1], padding: [0, 0, 1], dilation: [1, 2, 2] };
const adaptive: Case[] = [
  { name: 'uneven windows', x: [2, 2, 3, 7, 11], y: [2, 2, 2, 3, 4] }, { name: 'one window', x: [2, 3, 1, 9, 10], y: [2, 3, 1, 1, 1] }, { name: 'more windows than cells', x: [1, 1, 1, 3, 2], y: [1, 1, 1, 5, 3] },
];

/** The windows of y: their cells in x, and how many they would have with the padding that lies within the padded plane. */
function windows(c: Case, fn: (out: number, plane: number, cells: number[], full: number) => void): void {
  const [N, C, D, H, W] = c.x as [number, number, number, number, number];
  const spans = [0, 1, 2].map((a) => (i: number) => {
    const size = c.x[2 + a]!;
    if (!c.kernel) {
      const from = Math.floor((i * size) / c.y[2 + a]!);
      const to = Math.ceil(((i + 1) * size) / c.y[2 + a]!);
      return Array.from({ length: to - from }, (_, q) => from + q);
    }
    return Array.from({ length: c.kernel[a]! }, (_, q) => i * c.stride![a]! - (c.padding?.[a] ?? 0) + q * (c.dilation?.[a] ?? 1));
  });
  let out = 0;
  for (let plane = 0; plane < N * C; plane++) {
    for (let i = 0; i < c.y[2]!; i++) for (let j = 0; j < c.y[3]!; j++) for (let k = 0; k < c.y[4]!; k++, out++) {
      const axes = [spans[0]!(i), spans[1]!(j), spans[2]!(k)];
      const [zs, ys, xs] = axes.map((axis, a) => axis.filter((v) => v >= 0 && v < c.x[2 + a]!)) as [number[], number[], number[]];
      const full = axes.reduce((n, axis, a) => n * axis.filter((v) => v < c.x[2 + a]! + (c.padding?.[a] ?? 0)).length, 1);
      fn(out, plane * D * H * W, zs.flatMap((z) => ys.flatMap((y) => xs.map((x) => (z * H + y) * W + x))), full);
    }
  }
}

const attrsOf = ({ kernel, stride, padding = [0, 0, 0], dilation = [1, 1, 1] }: Case): Record<string, never> => (kernel ? { kernel, stride, padding, dilation } : {}) as never;

describe.each([...cases, dilated, ...adaptive])('maximum: $name', (c) => {
  it('takes the first maximum, and NaN for one', async () => {
    const x = noise(sizeOf(c.x)).map((v) => Math.round(v * 5));
    x[7] = NaN;
    const want = { y: [] as number[], index: [] as number[] };
    windows(c, (_, plane, cells) => {
      const values = cells.map((cell) => x[plane + cell]!);
      const nan = values.findIndex((v) => Number.isNaN(v));
      const at = nan >= 0 ? nan : values.indexOf(Math.max(...values));
      want.y.push(values[at]!);
      want.index.push(cells[at]!);
    });
    const [y, index] = await b.run(c.kernel ? 'maxPool' : 'adaptiveMaxPool', [b.floats(x, c.x)], [b.like(c.y), b.like(c.y, 'int32')], attrsOf(c));
    expect([...y!]).toEqual(want.y);
    expect([...index!]).toEqual(want.index);
  });
});

describe.each([...cases, ...adaptive])('average: $name', (c) => {
  const x = noise(sizeOf(c.x), 1);
  const dy = noise(sizeOf(c.y), 2);
  const name = c.kernel ? 'avgPool' : 'adaptiveAvgPool';

  it.each([[true, 0], [false, 0], [true, 5]])('padding counted: %s, divisor %i', async (countIncludePad, divisor) => {
    const wantY = new Float64Array(dy.length);
    const wantX = new Float64Array(x.length);
    windows(c, (out, plane, cells, full) => {
      const by = c.kernel && divisor ? divisor : c.kernel && countIncludePad ? full : cells.length;
      for (const cell of cells) {
        wantY[out]! += x[plane + cell]! / by;
        wantX[plane + cell]! += dy[out]! / by;
      }
    });
    const attrs = c.kernel ? { ...attrsOf(c), countIncludePad, divisor } : {};
    expect(close((await b.run(name, [b.floats(x, c.x)], [b.like(c.y)], attrs))[0]!, wantY)).toBeLessThan(1e-6);
    expect(close((await b.run(`${name}Grad`, [b.floats(dy, c.y)], [b.like(c.x)], attrs))[0]!, wantX)).toBeLessThan(1e-6);
  });
});
