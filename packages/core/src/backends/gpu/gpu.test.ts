/** What the parity suite cannot see: limits, masks over two passes, and a training. */
import { arrayDataset, full, losses, nn, ones, ops, optim, random, type Tensor, tensor, Trainer, useBackend, valueAndGrad } from '@parsimony/core';
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

  test('int32 values that float32 cannot hold are refused', async () => {
    await useBackend(executor);
    expect(() => tensor(Int32Array.of(-(2 ** 24) - 2))).toThrow('int32 values are exact to 2^24 = 16777216 here, received -16777218');
    // Which float32 would round to 2^24.
    expect(() => tensor(Int32Array.of(2 ** 24 + 1))).toThrow('received 16777217');
    expect(await tensor(Int32Array.of(2 ** 24, -(2 ** 24))).array()).toEqual([2 ** 24, -(2 ** 24)]);
  });

  test('as is filling with one', async () => {
    await useBackend(executor);
    expect(() => full([2], 2 ** 24 + 1, { dtype: 'int32' })).toThrow('int32 values are exact to 2^24 = 16777216 here, received 16777217');
    expect(await full([2], -(2 ** 24), { dtype: 'int32' }).array()).toEqual([-(2 ** 24), -(2 ** 24)]);
  });

  test('sines of angles that float32 cannot place in a turn are no numbers', async () => {
    await useBackend(executor);
    const angles = tensor([2 ** 23 - 1, 1e9, -3e38]);
    await close(ops.sin(tensor([2 ** 23 - 1, 12e6])), [Math.sin(2 ** 23 - 1), Math.sin(12e6)], 1e-6);
    for (const op of [ops.sin, ops.cos, ops.tan]) expect((await op(angles).array() as number[]).map(Number.isNaN)).toEqual([false, true, true]);
  });

  test('an index out of range is refused', async () => {
    await useBackend(executor);
    expect(() => ops.indexSelect(tensor([1, 2, 3]), 0, tensor(Int32Array.of(3)))).toThrow('indices must be in [0, 3), received 3');
  });

  test('a mask is the same bits forward and backward, and those of wasm', async () => {
    const gradient = async (): Promise<readonly unknown[]> => {
      const x = ones([1001]);
      const { value, grads } = valueAndGrad((p: { readonly x: Tensor }) => ops.sum(ops.dropout(p.x, 0.3, random.key(3))))({ x });
      return [await value.item(), await ops.dropout(x, 0.3, random.key(3)).array(), await grads.x.array()];
    };
    await useBackend('wasm');
    const expected = await gradient();
    await useBackend(executor);
    const [, y, dx] = await gradient();
    expect(y).toEqual(expected[1]);
    expect(dx).toEqual(expected[2]);
  });

  test('a convolutional network trains to the curve of wasm', async () => {
    const curve = async (): Promise<number[]> => {
      const model = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(36, 3));
      const labels = Int32Array.from({ length: 48 }, (_, i) => i % 3);
      const images = Float32Array.from({ length: 48 * 64 }, (_, i) => Math.sin(i * (1 + (labels[Math.floor(i / 64)] ?? 0))));
      const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-2 }), seed: 1 });
      const train = arrayDataset({ inputs: images, shape: [1, 8, 8], labels, numClasses: 3 });
      const { history } = await trainer.fit({ train, epochs: 4, batchSize: 20 });
      return history.map(({ values }) => values['loss'] ?? Number.NaN);
    };
    await useBackend('wasm', { threads: 1 });
    const expected = await curve();
    await useBackend(executor);
    (await curve()).forEach((loss, i) => expect(loss).toBeCloseTo(expected[i] ?? Number.NaN, 4));
    expect(expected[3]).toBeLessThan((expected[0] ?? 0) * 0.8);
  });
});

test('disposed while it opens, it stays disposed', async () => {
  const executor = gpuExecutor({ mode: 'cpu' });
  const opening = executor.ready();
  await executor.dispose();
  await expect(opening).rejects.toThrow('gpu: this backend was disposed while it opened.');
  expect(executor.isReady).toBe(false);
});

test('tensors of two executors do not meet, and each goes on when the other is disposed', async () => {
  const [first, second] = [gpuExecutor({ mode: 'cpu' }), gpuExecutor({ mode: 'webasm' })];
  await useBackend(first);
  const x = tensor([1, 2]);
  await useBackend(second);
  const y = tensor([3, 4]);
  expect(() => ops.add(x, y)).toThrow("add: inputs live on two executors of backend 'gpu'.");
  await first.dispose();
  expect(await ops.add(y, y).array()).toEqual([6, 8]);
  expect(() => ops.add(x, x)).toThrow('gpu: this backend was disposed.');
  await expect(x.data()).rejects.toThrow('gpu: this backend was disposed.');
  await second.dispose();
});
