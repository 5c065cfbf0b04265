import { grad, losses, ops, random, type Target, type Tensor, tensor, useBackend } from '@parsimony/core';
import { expectClose, expectMoments, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { applyMixup, drawMixup } from './mixup';

const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const labels = (of: number[], more: { ignoreIndex?: number } = {}): Target => ({ kind: 'index', labels: tensor(of, { dtype: 'int32' }), numClasses: 3, ...more });

describe('drawMixup', () => {
  // Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)), kurtosis 3 - 6 / (2a + 3).
  test.each([0.2, 1, 4])('lambda is Beta(%d, same)', (alpha) => {
    const lambdas = Array.from({ length: 4000 }, (_, step) => drawMixup(random.at(random.key(3), { step }), 2, { alpha }).lambda as number);
    expectMoments(lambdas, { mean: 0.5, variance: 1 / (4 * (2 * alpha + 1)), kurtosis: 3 - 6 / (2 * alpha + 3) });
  });

  test('the pairing is a permutation, the same for the same key', () => {
    const draw = drawMixup(random.key(1), 50, { alpha: 1 });
    expect([...draw.permutation].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(drawMixup(random.key(1), 50, { alpha: 1 })).toEqual(draw);
    expect(drawMixup(random.key(2), 50, { alpha: 1 })).not.toEqual(draw);
    expect(() => drawMixup(random.key(1), 50, { alpha: 0 })).toThrow('drawMixup: `alpha` must be in (0, inf), received 0.');
  });
});

describe.each(techniqueBackends)('applyMixup on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const draw = { lambda: 0.3, permutation: [2, 0, 1] };

  test('inputs and labels', async () => {
    const { inputs, target } = applyMixup({ a: tensor([[0], [1], [2]]), b: tensor([0, 10, 20]) }, labels([0, 1, 1]), draw);
    await expectClose((inputs as Record<string, Tensor>)['a'] as Tensor, [[1.4], [0.3], [1.3]], { rtol: 1e-6 });
    await expectClose((inputs as Record<string, Tensor>)['b'] as Tensor, [14, 3, 13], { rtol: 1e-6 });
    expect(target.kind).toBe('soft');
    if (target.kind !== 'soft') return;
    await expectClose(target.probs, [[0.3, 0.7, 0], [0.7, 0.3, 0], [0, 1, 0]], { rtol: 1e-6 });
    await expectClose(ops.sum(target.probs, { axis: 1 }), [1, 1, 1], { rtol: 1e-6 });
    expect(await values(target.weights as Tensor)).toEqual([1, 1, 1]);
  });

  test('soft targets, their weights, and values', async () => {
    const soft = applyMixup(tensor([0, 0]), { kind: 'soft', probs: tensor([[1, 0], [0.5, 0.5]]) }, { lambda: 0.5, permutation: [1, 0] }).target;
    if (soft.kind === 'soft') await expectClose(soft.probs, [[0.75, 0.25], [0.75, 0.25]], { rtol: 1e-6 });
    expect(soft.kind === 'soft' && soft.weights).toBeUndefined();
    const weighted = applyMixup(tensor([0, 0]), { kind: 'soft', probs: tensor([[1, 0], [0, 1]]), weights: tensor([3, 1]) }, { lambda: 0.5, permutation: [1, 0] }).target;
    if (weighted.kind === 'soft') {
      await expectClose(weighted.weights as Tensor, [2, 2], { rtol: 1e-6 });
      await expectClose(weighted.probs, [[0.75, 0.25], [0.75, 0.25]], { rtol: 1e-6 });
    }
    const value = applyMixup(tensor([0, 0]), { kind: 'value', values: tensor([[2], [4]]) }, { lambda: 0.25, permutation: [1, 0] }).target;
    if (value.kind === 'value') await expectClose(value.values, [[3.5], [2.5]], { rtol: 1e-6 });
  });

  // The definition: L(mixed) = lambda L(own labels) + (1 - lambda) L(partners' labels), for numerators and denominators.
  test.each([[[0, 1, 2], {}], [[0, -100, 2], {}], [[1, 7, 7], { ignoreIndex: 7 }]] as const)('the loss of labels %j %j is the mixture of the losses', async (of, more) => {
    const scores = tensor(sample(9, { seed: 3 }), [3, 3]);
    const lossOf = losses.crossEntropy();
    const target = labels([...of], more);
    const partners = labels(draw.permutation.map((i) => of[i] ?? 0), more);
    const parts = await Promise.all([target, partners].map(async (t) => {
      const { sum, denominator } = lossOf(scores, t);
      return [await sum.item(), await denominator.item()] as const;
    }));
    const mixed = lossOf(scores, applyMixup(tensor([0, 0, 0]), target, draw).target);
    const mixture = (k: 0 | 1): number => 0.3 * (parts[0]?.[k] ?? NaN) + 0.7 * (parts[1]?.[k] ?? NaN);
    await expectClose(mixed.sum, mixture(0), { rtol: 1e-6 });
    await expectClose(mixed.denominator, mixture(1), { rtol: 1e-6 });
  });

  test('lambda of 1 changes nothing', async () => {
    const x = tensor(sample(6), [3, 2]);
    const { inputs, target } = applyMixup(x, labels([2, 0, 1]), { ...draw, lambda: 1 });
    expect(await values(inputs as Tensor)).toEqual(await values(x));
    if (target.kind === 'soft') expect(await values(target.probs)).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
  });

  test('gradients reach the inputs', async () => {
    const g = grad((x: Tensor) => ops.sum(ops.mul(applyMixup(x, labels([0, 1, 2]), draw).inputs as Tensor, tensor([1, 2, 3]))))(tensor([1, 1, 1]));
    // Sample i is used by itself (weight 0.3 w_i) and by the one it is partner of.
    await expectClose(g, [0.3 * 1 + 0.7 * 2, 0.3 * 2 + 0.7 * 3, 0.3 * 3 + 0.7 * 1], { rtol: 1e-6 });
  });
});

test('gradient check', async () => {
  await useReference();
  await gradientCheck((x) => applyMixup(x, labels([0, 1, 2]), { lambda: 0.3, permutation: [2, 0, 1] }).inputs as Tensor, [tensor(sample(6, { seed: 2 }), [3, 2])], { order: 2 });
});

test('errors', async () => {
  await useReference();
  const draw = { lambda: 0.5, permutation: [1, 0] };
  const x = tensor([[1], [2]]);
  expect(() => applyMixup(tensor([1, 2], { dtype: 'int32' }), labels([0, 1]), draw)).toThrow('applyMixup: the input must be float32 to be mixed, received int32.');
  expect(() => applyMixup(tensor([[1], [2], [3]]), labels([0, 1, 2]), draw)).toThrow('the draw is for 2 samples, the input has 3.');
  expect(() => applyMixup(x, labels([0, 1, 2]), draw)).toThrow('expected targets for 2 samples');
  expect(() => applyMixup(x, labels([0, 3]), draw)).toThrow('label out of range: labels must be in [0, 3) or -100');
  expect(() => applyMixup(x, labels([0, 1]), { ...draw, lambda: 1.5 })).toThrow('applyMixup: `lambda` must be in [0, 1], received 1.5.');
});
