import { memory, nn, scalar, scope, type Tensor, tensor, useBackend, type Weights } from '@parsimony/core';
import { useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { updateAverage } from './average';
import { emaDecay } from './decay';

const values = async (x: Tensor | undefined): Promise<number[]> => Array.from(await (x as Tensor).data());

describe.each(techniqueBackends)('updateAverage on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('a closed gate leaves the average', async () => {
    const average: Weights = { params: { w: tensor([1]) }, buffers: {} };
    const same = updateAverage(average, { params: { w: tensor([5]) }, buffers: {} }, { decay: 0.5, gate: scalar(0) });
    expect(await values(same.params['w'])).toEqual([1]);
  });

  test('buffers: floats averaged or copied by glob, whole numbers copied', async () => {
    const start = (): Weights => ({ params: {}, buffers: { 'a.mean': tensor([0]), 'b.mean': tensor([0]), count: tensor([1], { dtype: 'int32' }) } });
    const now: Weights = { params: {}, buffers: { 'a.mean': tensor([4]), 'b.mean': tensor([4]), count: tensor([7], { dtype: 'int32' }) } };
    const mixed = updateAverage(start(), now, { decay: 0.75, buffers: { 'b.**': 'copy' } });
    expect(await values(mixed.buffers['a.mean'])).toEqual([1]);
    expect(await values(mixed.buffers['b.mean'])).toEqual([4]);
    expect(await values(mixed.buffers['count'])).toEqual([7]);
    const copied = updateAverage(start(), now, { decay: 0.75, buffers: 'copy' });
    expect(await values(copied.buffers['a.mean'])).toEqual([4]);
  });

  test('the weights it began from are left alone, and nothing leaks', async () => {
    const weights: Weights = { params: { w: tensor([1, 2]) }, buffers: {} };
    const { tensors, bytes } = memory();
    let average = nn.holdWeights(weights);
    for (let i = 0; i < 5; i++) average = scope(() => updateAverage(average, { params: { w: tensor([3, 4]) }, buffers: {} }, { decay: 0.5 }));
    expect(await values(weights.params['w'])).toEqual([1, 2]);
    expect(memory()).toEqual({ tensors: tensors + 1, bytes: bytes + 8 });
  });
});

describe('emaDecay', () => {
  // techniques: 1 - (1 + s / g)^-p at s 10, p 2/3, g 1.
  test('the warm-up value', () => {
    expect(emaDecay(10).toFixed(6)).toBe('0.797820');
    expect(emaDecay(10, { warmup: { inverseGamma: 10, power: 1 } })).toBe(0.5);
  });

  test('begins at 0, rises, and ends at the decay', () => {
    const decays = Array.from({ length: 50 }, (_, s) => emaDecay(s, { decay: 0.9 }));
    expect(decays[0]).toBe(0);
    decays.forEach((decay, s) => { if (s > 0) expect(decay).toBeGreaterThanOrEqual(decays[s - 1] ?? 1); });
    expect(decays[49]).toBe(0.9);
  });

  test('a half-life is when a weight counts half', () => {
    expect(emaDecay(0, { halfLifeSteps: 100, warmup: false }) ** 100).toBeCloseTo(0.5, 12);
  });
});

test('errors', async () => {
  await useReference();
  const weights: Weights = { params: { w: tensor([1]) }, buffers: {} };
  expect(() => updateAverage(weights, weights, { decay: 1.5 })).toThrow('updateAverage: `decay` must be in [0, 1], received 1.5.');
  expect(() => updateAverage({ params: {}, buffers: {} }, weights, { decay: 0.5 })).toThrow('updateAverage: the average has no `w`; it has: none.');
  expect(() => updateAverage(weights, weights, { decay: 0.5, buffers: 'mean' as never })).toThrow("`buffers` must be one of 'average', 'copy', received \"mean\".");
  expect(() => emaDecay(-1)).toThrow('emaDecay: `s` must be in [0, inf), received -1.');
});
