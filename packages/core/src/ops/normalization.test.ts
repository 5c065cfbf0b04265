import { describe, expect, test } from 'vitest';
import { expectClose, sample } from '@parsimony/testkit';
import { ops, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const draw = (seed: number, ...shape: readonly number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);

onBackends(() => {
  test('softmax and its logarithm stand large scores, one element, and any axis', async () => {
    await expectClose(ops.softmax(tensor([[1000, 1000, -1000]])), [[0.5, 0.5, 0]]);
    await expectClose(ops.logSoftmax(tensor([[1000, 0]])), [[0, -1000]]);
    expect(await ops.softmax(tensor([[3], [4]])).array()).toEqual([[1], [1]]);
    await expectClose(ops.softmax(tensor([[0, 1], [0, 1]]), 0), [[0.5, 0.5], [0.5, 0.5]]);
    const x = draw(1, 2, 3, 4);
    await expectClose(ops.softmax(x, 1), ops.transpose(ops.softmax(ops.transpose(x, 1, 2)), 1, 2));
    expect(ops.softmax(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test('layerNorm: the shape follows from the weight, the bias, or is the last axis', async () => {
    const x = draw(2, 4, 2, 3);
    const over = (normalizedShape: number | readonly number[]) => ops.layerNorm(x, null, null, { normalizedShape });
    await expectClose(ops.layerNorm(x), over(3));
    await expectClose(ops.layerNorm(x, ops.mul(ops.add(zeros([2, 3]), 2), 1)), ops.mul(over([2, 3]), 2));
    await expectClose(ops.layerNorm(x, null, ops.add(zeros([2, 3]), 5)), ops.add(over([2, 3]), 5));
  });

  test('batchNorm in evaluation undoes the statistics of the batch', async () => {
    const [x, w, b] = [draw(3, 5, 2, 3), draw(4, 2), draw(5, 2)];
    const { output, mean, variance } = ops.batchNorm(x, w, b);
    await expectClose(ops.normalizeChannels(x, mean, variance, w, b), output);
    await expectClose(ops.normalizeChannels(x, mean, variance), ops.batchNorm(x).output);
    await expectClose(ops.normalizeChannels(x, mean, variance, w), ops.batchNorm(x, w).output);
  });

  test('a constant channel gives its bias', async () => {
    expect(await ops.batchNorm(tensor([[7], [7]]), tensor([3]), tensor([2])).output.array()).toEqual([[2], [2]]);
    expect(await ops.layerNorm(tensor([[7, 7]]), tensor([3, 3]), tensor([2, 1])).array()).toEqual([[2, 1]]);
  });
});

describe('errors', () => {
  onBackends(() => {
    test.each([
      ['softmax: axis', () => ops.softmax(zeros([2, 3]), 2), 'softmax: axis must be a whole number in [-2, 1] for a tensor of rank 2, received 2.'],
      ['softmax: type', () => ops.softmax(zeros([2], { dtype: 'int32' })), 'softmax: `x` must be float32, received int32'],
      ['layerNorm: shape', () => ops.layerNorm(zeros([2, 3]), null, null, { normalizedShape: 4 }), 'layerNorm: `x` must end in the axes [4], received [2, 3]'],
      ['layerNorm: not a shape', () => ops.layerNorm(zeros([2, 3]), null, null, { normalizedShape: '3' as never }), 'layerNorm: a shape is a list of whole numbers of 0 or more, received "3".'],
      ['layerNorm: bias', () => ops.layerNorm(zeros([2, 3]), zeros([3]), zeros([2])), 'layerNorm: `bias` must be [3], received [2].'],
      ['layerNorm: eps', () => ops.layerNorm(zeros([2, 3]), null, null, { eps: -1 }), 'layerNorm: `eps` must be in [0, inf), received -1.'],
      ['batchNorm: rank', () => ops.batchNorm(zeros([3])), 'batchNorm: `x` must be [N, C, ...], received [3].'],
      ['batchNorm: weight', () => ops.batchNorm(zeros([2, 3]), zeros([2])), 'batchNorm: `weight` must be [3], one number a channel of [2, 3], received [2].'],
      ['batchNorm: nothing', () => ops.batchNorm(zeros([0, 3])), 'batchNorm: `x` must have at least one element a channel, received [0, 3].'],
      ['normalizeChannels: mean', () => ops.normalizeChannels(zeros([2, 3]), zeros([2]), zeros([3])), 'normalizeChannels: `mean` must be [3]'],
    ])('%s', (_, run, message) => {
      expect(run).toThrow(message);
    });
  });
});
