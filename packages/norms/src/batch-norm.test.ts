import { grad, inference, memory, nn, ones, ops, type Params, random, scope, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { batchNorm } from './batch-norm';
import { BatchNorm1d, BatchNorm2d } from './batch-norm-modules';

const key = random.key(3);
const train = () => training({ key });
const data = async (state: Params, name: string): Promise<number[]> => Array.from(await (state[name] as Tensor).data());

describe.each(techniqueBackends)('batch norm on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('normalizes each channel over batch and space', async () => {
    const x = tensor(sample(2 * 3 * 4 * 5, { seed: 1, low: -3, high: 5 }), [2, 3, 4, 5]);
    const y = new BatchNorm2d(3).init(key).forward(x, train());
    const perChannel = ops.mean(y, { axis: [0, 2, 3] });
    await expectClose(perChannel, [0, 0, 0], { atol: 1e-5 });
    // The variance comes out as v / (v + eps).
    await expectClose(ops.mean(ops.square(y), { axis: [0, 2, 3] }), [1, 1, 1], { rtol: 1e-4 });
  });

  test('running statistics: momentum is the weight of the new value, the variance unbiased', async () => {
    const norm = new BatchNorm1d(1, { momentum: 0.25 }).init(key);
    const pass = train();
    norm.forward(tensor([[1], [3], [8]]), pass);
    norm.commit(pass);
    const state = norm.stateDict();
    // mean 4, variance 26/3 biased, 13 unbiased.
    await expectClose(await data(state, 'running_mean'), [0.25 * 4]);
    await expectClose(await data(state, 'running_var'), [0.75 * 1 + 0.25 * 13]);
    expect(await data(state, 'num_batches_tracked')).toEqual([1]);
    expect(state['num_batches_tracked']?.dtype).toBe('int32');
  });

  test('momentum null is the average of all batches', async () => {
    const norm = new BatchNorm1d(1, { momentum: null }).init(key);
    for (const shift of [0, 6, 12]) {
      const pass = train();
      norm.forward(tensor([[shift], [shift + 2]]), pass);
      norm.commit(pass);
    }
    await expectClose(await data(norm.stateDict(), 'running_mean'), [7]);
    await expectClose(await data(norm.stateDict(), 'running_var'), [2]);
  });

  test('a norm used twice in a pass moves its statistics twice', async () => {
    const norm = new BatchNorm1d(1, { momentum: 0.5 }).init(key);
    const pass = train();
    norm.forward(tensor([[0], [8]]), pass);
    norm.forward(tensor([[0], [0]]), pass);
    norm.commit(pass);
    await expectClose(await data(norm.stateDict(), 'running_mean'), [1]);
    expect(await data(norm.stateDict(), 'num_batches_tracked')).toEqual([2]);
  });

  test('frozen: running statistics in training, left as they are; weight and bias still learn', async () => {
    const norm = new BatchNorm1d(2, { frozen: true }).init(key);
    const pass = train();
    const x = tensor([[1, 2], [3, 4]]);
    await expectClose(norm.forward(x, pass), norm.forward(x));
    expect(pass.bufferUpdates.size).toBe(0);
    const grads = grad((params: Params) => ops.sum(norm.forward(x, training({ key, weights: { params } }))))(norm.parameters());
    await expectClose(grads['bias'] as Tensor, [2, 2]);
    // A sample alone is fine, since no statistics are taken.
    expect(norm.forward(tensor([[1, 2]]), train()).shape).toEqual([1, 2]);
  });

  test('evaluation changes nothing, and other weights are an argument', async () => {
    const norm = new BatchNorm1d(2).init(key);
    const pass = inference({ weights: { buffers: { running_mean: tensor([1, 2]), running_var: tensor([4, 4]) }, params: {} } });
    await expectClose(norm.forward(tensor([[3, 4]]), pass), [[1, 1]], { rtol: 1e-5 });
    expect(pass.bufferUpdates.size).toBe(0);
  });

  test('an empty batch comes back empty and leaves the statistics', () => {
    const norm = new BatchNorm2d(2).init(key);
    const pass = train();
    expect(norm.forward(zeros([0, 2, 3, 3]), pass).shape).toEqual([0, 2, 3, 3]);
    expect(pass.bufferUpdates.size).toBe(0);
  });

  test('live tensors stay the same from step to step', () => {
    const norm = new BatchNorm1d(4).init(key);
    const x = ones([8, 4]);
    const step = (): void => scope(() => {
      const pass = train();
      norm.forward(x, pass);
      norm.commit(pass);
    });
    step();
    const before = memory();
    for (let i = 0; i < 10; i++) step();
    expect(memory()).toEqual(before);
  });
});

test('gradient check, of first and second order', async () => {
  await useReference();
  const inputs = { x: tensor(sample(24, { seed: 5 }), [4, 3, 2]), weight: tensor(sample(3, { seed: 6, low: 0.5, high: 1.5 })), bias: tensor(sample(3, { seed: 7 })) };
  const running = { mean: tensor(sample(3, { seed: 8 })), variance: tensor(sample(3, { seed: 9, low: 0.5, high: 2 })), batches: zeros([], { dtype: 'int32' }) };
  await gradientCheck(({ x, weight, bias }) => batchNorm(x, { weight, bias, running, training: true }).output, inputs, { order: 2 });
  await gradientCheck(({ x, weight, bias }) => batchNorm(x, { weight, bias, running }).output, inputs, { order: 2 });
});

describe('errors', () => {
  beforeAll(async () => { await useReference(); });

  test('shapes', () => {
    const model = new nn.Sequential(new BatchNorm1d(3)).init(key);
    expect(() => model.forward(ones([2, 4]))).toThrow('BatchNorm1d at `0`: expected an input of shape [N, C] or [N, C, L] with C = 3, received [2, 4].');
    expect(() => new BatchNorm2d(3).init(key).forward(ones([2, 3]))).toThrow('BatchNorm2d: expected an input of shape [N, C, H, W] with C = 3, received [2, 3].');
    expect(() => model.forward(ones([1, 3]), train())).toThrow('BatchNorm1d at `0`: training needs more than one value per channel, received shape [1, 3].');
    expect(() => batchNorm(ones([1, 3]), { training: true })).toThrow('batchNorm: training needs more than one value per channel');
    // As in PyTorch, which takes the batch's statistics in evaluation where there are no running ones.
    expect(() => new BatchNorm1d(3, { trackRunningStats: false }).init(random.key(0)).forward(ones([1, 3]))).toThrow('BatchNorm1d: without running statistics evaluation needs more than one value per channel, received shape [1, 3].');
    expect(() => batchNorm(ones([1, 3]))).toThrow('batchNorm: without running statistics evaluation needs more than one value');
    expect(model.forward(ones([1, 3])).shape).toEqual([1, 3]);
    expect(model.forward(ones([1, 3, 2]), train()).shape).toEqual([1, 3, 2]);
  });

  test('options', () => {
    expect(() => new BatchNorm1d(0)).toThrow('BatchNorm1d: `numFeatures` must be a whole number in [1, inf), received 0.');
    expect(() => new BatchNorm1d(2, { momentum: 1.5 })).toThrow('BatchNorm1d: `momentum` must be in [0, 1], received 1.5.');
    expect(() => new BatchNorm2d(2, { eps: 0 })).toThrow('BatchNorm2d: `eps` must be in (0, inf), received 0.');
    expect(() => new BatchNorm1d(2, { affine: 'yes' as never })).toThrow('`affine` must be true or false, received "yes".');
    expect(() => new BatchNorm1d(2, { trackStats: true } as never)).toThrow('BatchNorm1d: unknown option `trackStats`.');
    expect(() => new BatchNorm1d(2, { frozen: true, trackRunningStats: false })).toThrow('`frozen` normalizes with running statistics');
    expect(() => batchNorm(ones([2, 2]), { momentum: -1 })).toThrow('batchNorm: `momentum` must be in [0, 1], received -1.');
  });

  test('a forward before init', () => {
    expect(() => new BatchNorm1d(2).forward(ones([2, 2]))).toThrow('has no value yet. Call `model.init(random.key(seed))`');
  });
});
