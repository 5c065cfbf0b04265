import { describe, expect, test } from 'vitest';
import { ops, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

onBackends(() => {
  test('sums over nothing are 0, products of nothing are empty', async () => {
    expect(await ops.matmul(zeros([2, 0]), zeros([0, 3])).array()).toEqual([[0, 0, 0], [0, 0, 0]]);
    expect(ops.matmul(zeros([2, 3, 0]), zeros([0, 4])).shape).toEqual([2, 3, 4]);
    expect(ops.matmul(zeros([0, 3]), zeros([3, 2])).shape).toEqual([0, 2]);
    expect(await ops.linear(zeros([1, 0]), zeros([2, 0]), tensor([5, 6])).array()).toEqual([[5, 6]]);
  });

  test('a batch times one matrix is the batch of products', async () => {
    const a = tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]);
    const b = tensor([[1, 0], [1, 1]]);
    expect(await ops.matmul(a, b).array()).toEqual([[[3, 2], [7, 4]], [[11, 6], [15, 8]]]);
    expect(await ops.matmul(a, b, { transposeA: true }).array()).toEqual([[[4, 3], [6, 4]], [[12, 7], [14, 8]]]);
    expect(await ops.matmul(a, b, { transposeB: true }).array()).toEqual([[[1, 3], [3, 7]], [[5, 11], [7, 15]]]);
  });
});

describe('errors', () => {
  onBackends(() => {
    test.each([
      ['inner sizes', () => ops.matmul(zeros([2, 3]), zeros([4, 5])), 'matmul: inner sizes must agree, received [2, 3] times [4, 5]: 3 and 4. Transpose one'],
      ['inner sizes, transposed', () => ops.matmul(zeros([2, 3]), zeros([3, 5]), { transposeB: true }), 'received [2, 3] times [3, 5] transposed: 3 and 5'],
      ['batches', () => ops.matmul(zeros([2, 1, 3]), zeros([3, 3, 1])), 'matmul: shapes [2] and [3] do not broadcast'],
      ['no axes', () => ops.matmul(tensor(1), zeros([1])), 'matmul: `a` must have at least one axis, received a shape of []. Use `ops.mul`'],
      ['a vector transposed', () => ops.matmul(zeros([3]), zeros([3]), { transposeA: true }), 'matmul: `a` is a vector of shape [3], which has nothing to transpose'],
      ['types', () => ops.matmul(zeros([2, 2], { dtype: 'int32' }), zeros([2, 2])), 'matmul: `a` must be float32, received int32'],
      ['unknown option', () => ops.matmul(zeros([2, 2]), zeros([2, 2]), { transposeC: true } as object), 'matmul: unknown option `transposeC`. Did you mean `transposeA`?'],
      ['linear: sizes', () => ops.linear(zeros([2, 3]), zeros([4, 5])), 'linear: `x` must be [..., 5] for a weight of [4, 5], received [2, 3].'],
      ['linear: an image', () => ops.linear(zeros([2, 1, 28, 28]), zeros([10, 784])), 'received [2, 1, 28, 28]. Flatten it first: `nn.Flatten`.'],
      ['linear: bias', () => ops.linear(zeros([2, 3]), zeros([4, 3]), zeros([3])), 'linear: `bias` must be [4] for a weight of [4, 3], received [3].'],
    ])('%s', (_, run, message) => {
      expect(run).toThrow(message);
    });
  });
});
