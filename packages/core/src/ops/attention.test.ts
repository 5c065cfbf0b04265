import { describe, expect, test } from 'vitest';
import { expectClose, sample } from '@parsimony/testkit';
import { ops, random, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const draw = (seed: number, ...shape: readonly number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);

onBackends(() => {
  test('isCausal is a lower triangle, also where keys and queries differ in number', async () => {
    const [q, k, v] = [draw(1, 2, 3, 4), draw(2, 2, 5, 4), draw(3, 2, 5, 2)];
    const mask = tensor([0, 1, 2].map((i) => [0, 1, 2, 3, 4].map((j) => j <= i)));
    await expectClose(ops.scaledDotProductAttention(q, k, v, { isCausal: true }), ops.scaledDotProductAttention(q, k, v, { attnMask: mask }));
  });

  test('what a mask shuts out has no weight at all', async () => {
    const [q, v] = [zeros([1, 2]), tensor([[1], [2], [1e30]])];
    const y = ops.scaledDotProductAttention(q, zeros([3, 2]), v, { attnMask: tensor([[true, true, false]]) });
    expect(await y.array()).toEqual([[1.5]]);
  });

  test('a row that may look nowhere gives the mean, not NaN', async () => {
    const y = ops.scaledDotProductAttention(zeros([1, 2]), zeros([2, 2]), tensor([[2], [4]]), { attnMask: tensor([[false, false]]) });
    expect(await y.array()).toEqual([[3]]);
  });

  test('dropout acts on the weights, by the key', async () => {
    const [q, v] = [zeros([4, 8]), ops.add(zeros([8, 1]), 1)];
    const run = (seed: number) => ops.scaledDotProductAttention(q, zeros([8, 8]), v, { dropoutP: 0.5, key: random.key(seed) });
    await expectClose(run(1), run(1));
    for (const value of await run(1).data()) expect((value * 4) % 1).toBeCloseTo(0, 5);
    expect(await run(1).array()).not.toEqual(await run(2).array());
  });
});

describe('errors', () => {
  onBackends(() => {
    const x = () => zeros([2, 4]);
    test.each([
      ['sizes', () => ops.scaledDotProductAttention(x(), zeros([3, 5]), zeros([3, 2])), 'expected query [..., L, E], key [..., S, E], value [..., S, Ev], received [2, 4], [3, 5], [3, 2].'],
      ['rank', () => ops.scaledDotProductAttention(zeros([4]), x(), x()), 'scaledDotProductAttention: `query` must be [..., length, size], received [4].'],
      ['two masks', () => ops.scaledDotProductAttention(x(), x(), x(), { isCausal: true, attnMask: tensor([[true]]) }), 'expected a mask or `isCausal`, received both'],
      ['mask type', () => ops.scaledDotProductAttention(x(), x(), x(), { attnMask: zeros([2, 2], { dtype: 'int32' }) }), '`attnMask` must be bool or float32, received int32'],
      ['dropout without a key', () => ops.scaledDotProductAttention(x(), x(), x(), { dropoutP: 0.1 }), '`dropoutP` of 0.1 needs a `key`'],
      ['unknown option', () => ops.scaledDotProductAttention(x(), x(), x(), { causal: true } as object), 'unknown option `causal`'],
    ])('%s', (_, run, message) => {
      expect(run).toThrow(message);
    });
  });
});
