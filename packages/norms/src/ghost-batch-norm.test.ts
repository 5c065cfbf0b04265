import { ones, ops, random, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, gradientCheck, moduleContract, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { batchNorm } from './batch-norm';
import { GhostBatchNorm, ghostBatchNorm } from './ghost-batch-norm';

const key = random.key(3);
const fresh = (c: number) => ({ mean: zeros([c]), variance: ones([c]), batches: zeros([], { dtype: 'int32' }) });

describe.each(techniqueBackends)('ghost batch norm on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('each chunk is normalized as a batch of its own', async () => {
    const x = tensor(sample(7 * 3 * 2, { seed: 1 }), [7, 3, 2]);
    const { output } = ghostBatchNorm(x, { chunkSize: 3, training: true });
    // 7 in chunks of at most 3: 3, 2, 2.
    const parts = ops.split(x, [3, 2, 2]).map((chunk) => batchNorm(chunk, { training: true }).output);
    await expectClose(output, ops.concat(parts, 0));
  });

  test('the running statistics move by momentum / k for each chunk, in order', async () => {
    const x = tensor([[0], [2], [4], [8]]);
    const { running } = ghostBatchNorm(x, { chunkSize: 2, training: true, running: fresh(1), momentum: 0.4 });
    // Means 1 and 6, unbiased variances 2 and 8; momentum 0.2 each.
    await expectClose(running?.mean as Tensor, [0.8 * (0.2 * 1) + 0.2 * 6]);
    await expectClose(running?.variance as Tensor, [0.8 * (0.8 * 1 + 0.2 * 2) + 0.2 * 8]);
    expect(await running?.batches.item()).toBe(2);
    const cumulative = ghostBatchNorm(x, { chunkSize: 2, training: true, running: fresh(1), momentum: null }).running;
    await expectClose(cumulative?.mean as Tensor, [3.5]);
  });

  test('one chunk, and evaluation, are batch norm', async () => {
    const x = tensor(sample(12, { seed: 2 }), [4, 3]);
    await expectClose(ghostBatchNorm(x, { training: true }).output, batchNorm(x, { training: true }).output);
    const running = fresh(3);
    await expectClose(ghostBatchNorm(x, { chunkSize: 2, running }).output, batchNorm(x, { running }).output);
  });

  test('an empty batch comes back empty; frozen keeps the statistics', () => {
    expect(new GhostBatchNorm(2).init(key).forward(zeros([0, 2]), training({ key })).shape).toEqual([0, 2]);
    const pass = training({ key });
    new GhostBatchNorm(2, { frozen: true, chunkSize: 1 }).init(key).forward(ones([4, 2]), pass);
    expect(pass.bufferUpdates.size).toBe(0);
  });

  describe('contract', () => {
    const contract = moduleContract({ create: (extra) => new GhostBatchNorm(2, { chunkSize: 2, ...extra }), input: [5, 2, 2], output: [5, 2, 2], gradientOrder: 2 });
    test.each(contract.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run());
  });
});

describe('ghost batch norm', () => {
  beforeAll(async () => { await useReference(); });

  test('gradient check with weight and bias', async () => {
    const inputs = { x: tensor(sample(12, { seed: 5 }), [6, 2]), weight: tensor([0.5, 2]), bias: tensor([1, -1]) };
    await gradientCheck(({ x, weight, bias }) => ghostBatchNorm(x, { weight, bias, chunkSize: 4, training: true }).output, inputs);
  });

  test('errors', () => {
    expect(() => new GhostBatchNorm(2, { chunkSize: 0 })).toThrow('GhostBatchNorm: `chunkSize` must be a whole number in [1, inf), received 0.');
    expect(() => new GhostBatchNorm(2, { chunks: 2 } as never)).toThrow('GhostBatchNorm: unknown option `chunks`.');
    expect(() => ghostBatchNorm(ones([2, 2]), { chunkSize: 1, training: true })).toThrow('training needs more than one value per channel');
  });
});
