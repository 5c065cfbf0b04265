import { memory, nn, schedules, scope, tensor, useBackend } from '@parsimony/core';
import { expectClose, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { decayRules } from './rules';
import { decayWeights, weightDecay } from './weight-decay';

describe.each(techniqueBackends)('decayWeights on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('a schedule, factors, and what stays the same tensor', async () => {
    const params = { 'a.weight': tensor([[10]]), 'b.weight': tensor([[10]]), 'b.bias': tensor([10]) };
    const decay = schedules.linear({ start: 0, end: 1, steps: 10 });
    const half = decayWeights(params, { lr: 0.1, decay, factors: { 'b.**': 0.5 }, progress: { step: 5, totalSteps: 10 } });
    await expectClose(half['a.weight'], [[9.5]], { rtol: 1e-6 });
    await expectClose(half['b.weight'], [[9.75]], { rtol: 1e-6 });
    expect(half['b.bias']).toBe(params['b.bias']);
    const none = decayWeights(params, { lr: 0.1, decay, progress: { step: 0, totalSteps: 10 } });
    expect(none).toEqual(params);
  });

  test('leaves no tensor behind', () => {
    const params = { w: tensor([[1, 2]]) };
    const before = memory().tensors;
    scope(() => { decayWeights(params, { lr: 1, decay: 0.1 }); });
    expect(memory().tensors).toBe(before);
  });
});

describe('decayRules', () => {
  const shapes = {
    'embed.weight': [10, 4], 'layers.0.weight': [4, 4], 'layers.0.bias': [4], 'layers.1.weight': [4],
    'rnn.bias_ih_l0': [8, 1], 'attention.in_proj_bias': [12, 1], 'scale': [], 'unbiased': [2, 2],
  };

  test('biases and one-dimensional parameters are left out, each with its reason', () => {
    const reasons = Object.fromEntries(decayRules(shapes, { decay: 0.1 }).map(({ path, decay, reason }) => [path, `${String(decay)} ${reason}`]));
    expect(reasons).toEqual({
      'embed.weight': '0.1 decayed', 'layers.0.weight': '0.1 decayed', 'layers.0.bias': '0 a bias', 'layers.1.weight': '0 one-dimensional',
      'rnn.bias_ih_l0': '0 a bias', 'attention.in_proj_bias': '0 a bias', 'scale': '0 one-dimensional', 'unbiased': '0.1 decayed',
    });
  });

  test('exclude wins over include, include over the rules, the first factor that matches counts', () => {
    const rules = decayRules(shapes, {
      decay: 0.1, exclude: ['embed.**', 'layers.0.bias'], include: ['layers.**'], factors: { 'layers.0.*': 0.5, 'layers.**': 0 },
    });
    const of = (path: string) => rules.find((rule) => rule.path === path);
    expect(of('embed.weight')).toMatchObject({ decay: 0, reason: "excluded by 'embed.**'" });
    expect(of('layers.0.bias')).toMatchObject({ decay: 0, reason: "excluded by 'layers.0.bias'" });
    expect(of('layers.0.weight')).toMatchObject({ decay: 0.05, reason: "included by 'layers.**', times 0.5 by 'layers.0.*'" });
    expect(of('layers.1.weight')).toMatchObject({ decay: 0, reason: "included by 'layers.**', times 0 by 'layers.**'" });
    const scheduled = decayRules({ w: [2, 2] }, { decay: schedules.linear({ start: 0, end: 1 }), factors: { w: 2 } });
    expect(scheduled[0]?.decay).toEqual({ schedule: 'scale', value: { schedule: 'linear', start: 0, end: 1 }, factor: 2 });
  });

  test('tied parameters are decayed once, under their first path', () => {
    const shared = new nn.Linear(3, 3);
    expect(decayRules(new nn.Sequential(shared, new nn.ReLU(), shared).parameterShapes()).map(({ path }) => path)).toEqual(['0.weight', '0.bias']);
  });

  test('errors', async () => {
    await useReference();
    expect(() => weightDecay({ decay: -1 })).toThrow('weightDecay: `decay` must be in [0, inf), received -1.');
    expect(() => weightDecay({ decay: '1e-2' as never })).toThrow('`decay` must be a number or a schedule, received "1e-2".');
    expect(() => weightDecay({ exclude: '**.bias' as never })).toThrow('weightDecay: `exclude` must be a list of globs over parameter paths');
    expect(() => weightDecay({ include: [3] as never })).toThrow('weightDecay: `include` must be a list of globs');
    expect(() => weightDecay({ factors: { '**': -1 } })).toThrow("weightDecay: `factors['**']` must be in [0, inf), received -1.");
    expect(() => weightDecay({ factors: ['**'] as never })).toThrow('`factors` must be an object from globs');
    expect(() => weightDecay({ weightDecay: 0.1 } as never)).toThrow('weightDecay: unknown option `weightDecay`.');
    expect(() => decayRules(shapes, { exclude: ['head.**'] })).toThrow("decayRules: 'head.**' matches no parameter; the model has: embed.weight, layers.0.weight");
    expect(() => decayWeights({ w: tensor([[1]]) }, { lr: -1 })).toThrow('decayWeights: `lr` must be in [0, inf), received -1.');
  });
});
