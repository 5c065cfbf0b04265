import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, type Bench, close, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

/** One product in float64. */
function product(a: Float32Array, bb: Float32Array, m: number, n: number, k: number, tA: boolean, tB: boolean, bias?: Float32Array): Float64Array {
  const y = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let s = bias?.[j] ?? 0;
      for (let p = 0; p < k; p++) s += a[tA ? p * m + i : i * k + p]! * bb[tB ? j * k + p : p * n + j]!;
      y[i * n + j] = s;
    }
  }
  return y;
}

const transposes = [[false, false], [false, true], [true, false], [true, true]] as const;
// Around the edges of tiles and blocks, and the skinny ones.
const sizes = [[1, 1, 1], [4, 8, 4], [5, 9, 3], [3, 7, 257], [64, 128, 256], [65, 129, 300], [1, 10, 512], [130, 1, 70], [2, 300, 5], [7, 3, 1030]] as const;

describe.each(transposes)('matmul, transposeA %s, transposeB %s', (transposeA, transposeB) => {
  it.each(sizes)('%i x %i over %i', async (m, n, k) => {
    const x = noise(m * k, 1);
    const w = noise(k * n, 2);
    const inputs = [b.floats(x, transposeA ? [k, m] : [m, k]), b.floats(w, transposeB ? [n, k] : [k, n])];
    const [y] = await b.run('matmul', inputs, [b.like([m, n])], { transposeA, transposeB });
    expect(close(y!, product(x, w, m, n, k, transposeA, transposeB))).toBeLessThan(1e-5);
  });

  it('batches, one side shared, and axes that broadcast on both sides', async () => {
    const [m, n, k] = [6, 11, 9];
    const shapeA = transposeA ? [k, m] : [m, k];
    const shapeB = transposeB ? [n, k] : [k, n];
    for (const [batchA, batchB, batch] of [[[3], [3], [3]], [[3], [], [3]], [[], [3], [3]], [[2, 1], [1, 3], [2, 3]], [[2, 3], [3], [2, 3]]] as const) {
      const countA = batchA.reduce<number>((p, v) => p * v, 1);
      const countB = batchB.reduce<number>((p, v) => p * v, 1);
      const x = noise(countA * m * k, 3);
      const w = noise(countB * n * k, 4);
      const [y] = await b.run('matmul', [b.floats(x, [...batchA, ...shapeA]), b.floats(w, [...batchB, ...shapeB])], [b.like([...batch, m, n])], { transposeA, transposeB });
      const total = batch.reduce<number>((p, v) => p * v, 1);
      for (let i = 0; i < total; i++) {
        const at = batchA.length === 2 && batchA[1] === 1 ? Math.floor(i / 3) : countA === 1 ? 0 : i % countA;
        const bt = countB === 1 ? 0 : i % countB;
        const truth = product(x.subarray(at * m * k, (at + 1) * m * k), w.subarray(bt * n * k, (bt + 1) * n * k), m, n, k, transposeA, transposeB);
        expect(close(y!.subarray(i * m * n, (i + 1) * m * n), truth)).toBeLessThan(1e-5);
      }
    }
  });
});

describe('linear', () => {
  it.each(sizes)('%i rows to %i outputs from %i, with and without bias', async (m, n, k) => {
    const x = noise(m * k, 1);
    const w = noise(k * n, 2);
    const bias = noise(n, 3);
    const [y] = await b.run('linear', [b.floats(x, [m, k]), b.floats(w, [n, k]), b.floats(bias)], [b.like([m, n])]);
    expect(close(y!, product(x, w, m, n, k, false, true, bias))).toBeLessThan(1e-5);
    const [z] = await b.run('linear', [b.floats(x, [m, k]), b.floats(w, [n, k])], [b.like([m, n])]);
    expect(close(z!, product(x, w, m, n, k, false, true))).toBeLessThan(1e-5);
  });

  it('sums nothing to the bias', async () => {
    const [y] = await b.run('linear', [b.floats([], [2, 0]), b.floats([], [3, 0]), b.floats([1, 2, 3])], [b.like([2, 3])]);
    expect([...y!]).toEqual([1, 2, 3, 1, 2, 3]);
    const [z] = await b.run('matmul', [b.floats([], [2, 0]), b.floats([], [0, 2])], [b.like([2, 2])], { transposeA: false, transposeB: false });
    expect([...z!]).toEqual([0, 0, 0, 0]);
  });

  it('cuts operands that exceed the cap of packed copies into slabs', async () => {
    const [m, n, k] = [9, 5, 1_000_000];
    const x = new Float32Array(m * k).fill(0.001);
    const w = noise(n * k, 5);
    const [y] = await b.run('linear', [b.floats(x, [m, k]), b.floats(w, [n, k])], [b.like([m, n])]);
    const truth = Float64Array.from({ length: m * n }, (_, i) => w.subarray((i % n) * k, (i % n + 1) * k).reduce((s, v) => s + v * Math.fround(0.001), 0));
    expect(close(y!, truth)).toBeLessThan(1e-3);
  });
});
