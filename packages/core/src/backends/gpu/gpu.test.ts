/** The seam: one gpu.js kernel of each kind runs behind the executor interface, in the mode asked for, with the oracle's numbers. */
import { ops, tensor, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { describe, expect, test } from 'vitest';

describe.each(['webasm', 'cpu'] as const)('gpu.js in mode %s', (mode) => {
  const executor = gpuExecutor({ mode });
  const close = async (actual: { data(): Promise<ArrayLike<number>> }, expected: readonly number[], tolerance: number): Promise<void> => {
    const data = await actual.data();
    expect(data.length).toBe(expected.length);
    expected.forEach((value, i) => expect(Math.abs((data[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(value))));
  };

  test('elementwise, with broadcasting and scalars', async () => {
    await useBackend(executor);
    const x = tensor([[-2, -0.5, 0], [0.001, 1, 3]]);
    await close(ops.exp(x), [-2, -0.5, 0, 0.001, 1, 3].map(Math.exp), 1e-6);
    await close(ops.mul(x, tensor([[10], [100]])), [-20, -5, 0, 0.1, 100, 300], 1e-6);
    await close(ops.leakyRelu(x, { negativeSlope: 0.1 }), [-0.2, -0.05, 0, 0.001, 1, 3], 1e-6);
  });

  test('a reduction over more than 1,000 elements', async () => {
    await useBackend(executor);
    const n = 3001;
    const x = tensor(Float32Array.from({ length: 2 * n }, (_, i) => (i % 7) - 3), [2, n]);
    const rows = [0, 1].map((r) => Array.from({ length: n }, (_, i) => ((r * n + i) % 7) - 3).reduce((a, b) => a + b, 0));
    await close(ops.sum(x, { axis: 1 }), rows, 1e-6);
  });

  test.each([[false, false], [true, false], [false, true], [true, true]])('matmul, transposes %s and %s', async (transposeA, transposeB) => {
    await useBackend(executor);
    const [m, k, n] = [3, 1100, 2];
    const a = (i: number, j: number): number => Math.sin(i + 3 * j);
    const b = (i: number, j: number): number => Math.cos(2 * i + j);
    const grid = (rows: number, columns: number, f: (i: number, j: number) => number): Float32Array =>
      Float32Array.from({ length: rows * columns }, (_, x) => f(Math.floor(x / columns), x % columns));
    const left = transposeA ? tensor(grid(k, m, (i, j) => a(j, i)), [k, m]) : tensor(grid(m, k, a), [m, k]);
    const right = transposeB ? tensor(grid(n, k, (i, j) => b(j, i)), [n, k]) : tensor(grid(k, n, b), [k, n]);
    const expected = Array.from({ length: m * n }, (_, x) => {
      let total = 0;
      for (let j = 0; j < k; j++) total += a(Math.floor(x / n), j) * b(j, x % n);
      return total;
    });
    await close(ops.matmul(left, right, { transposeA, transposeB }), expected, 1e-4);
  });

  test('no kernel fell back to another mode', () => expect(executor.fallbacks()).toEqual([]));

  test('a kernel that is not there is named', async () => {
    await useBackend(executor);
    expect(() => ops.conv2d(tensor(new Float32Array(16), [1, 1, 4, 4]), tensor([[[[1]]]]))).toThrow("no gpu.js kernel for 'conv'");
  });
});
