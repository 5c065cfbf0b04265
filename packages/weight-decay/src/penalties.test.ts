import { clipByGlobalNorm } from '@parsimony/gradients';
import { type AnyPlugin, arrayDataset, definePlugin, losses, nn, ops, optim, type Params, schedules, type Tensor, tensor, Trainer, useBackend } from '@parsimony/core';
import { expectClose, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { l1, l1Penalty, l2, l2Penalty, limitNorms, maxNorm, renorm, shrinkWeights, softThreshold, weightDecay } from './index';

type Values = Record<string, number[]>;
const model = () => new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const make = (plugins: AnyPlugin[], optimizer: optim.Optimizer = optim.sgd({ lr: 0.1 })) => new Trainer({ model: model(), loss: losses.crossEntropy(), optimizer, seed: 3, plugins });
const valuesOf = async (params: Params): Promise<Values> =>
  Object.fromEntries(await Promise.all(Object.entries(params).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));

/** The weights at the end; of one step if so asked. */
async function trained(plugins: AnyPlugin[], { optimizer, epochs = 3, batchSize = 4 }: { optimizer?: optim.Optimizer; epochs?: number; batchSize?: number } = {}): Promise<Values> {
  const trainer = make(plugins, optimizer);
  await trainer.fit({ train: data(), epochs, batchSize });
  return valuesOf(trainer.model.parameters());
}
const oneStep = { epochs: 1, batchSize: 16 };
/** The weights that a fit begins with. */
async function initial(): Promise<Values> {
  const trainer = make([], optim.sgd({ lr: 0 }));
  await trainer.fit({ train: data(), ...oneStep });
  return valuesOf(trainer.model.parameters());
}

describe.each(techniqueBackends)('in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('l2 is the coupled decay of the optimizer, to the bit', async () => {
    const lambda = schedules.linear({ start: 0.3, end: 0, steps: 8 });
    const groups = [{ match: '**.bias', weightDecay: 0 }];
    for (const own of [0.3, lambda]) {
      expect(await trained([l2({ lambda: own })])).toEqual(await trained([], { optimizer: optim.sgd({ lr: 0.1, weightDecay: own, groups }) }));
    }
    const halved = await trained([l2({ lambda: 0.3, factors: { '0.**': 0.5 }, exclude: ['2.**'], include: ['0.bias'] })]);
    const own = [{ match: '2.**', weightDecay: 0 }, { match: '0.**', weightDecay: 0.15 }];
    expect(halved).toEqual(await trained([], { optimizer: optim.sgd({ lr: 0.1, groups: own }) }));
  });

  test('l1 moves every selected weight by lr lambda towards 0', async () => {
    const [start, plain, penalized] = [await initial(), await trained([], oneStep), await trained([l1({ lambda: 0.2, factors: { '2.**': 0.5 } })], oneStep)];
    for (const [path, values] of Object.entries(plain)) {
      const rate = path.endsWith('bias') ? 0 : path.startsWith('2.') ? 0.1 * 0.1 : 0.1 * 0.2;
      await expectClose(penalized[path] ?? [], values.map((w, i) => w - rate * Math.sign(start[path]?.[i] ?? NaN)), { name: path });
    }
  });

  test('l1 as a proximal step: what the optimizer leaves, thresholded', async () => {
    const [plain, penalized] = [await trained([], oneStep), await trained([l1({ lambda: 2, proximal: true })], oneStep)];
    for (const [path, values] of Object.entries(plain)) {
      const threshold = path.endsWith('bias') ? 0 : 0.2;
      await expectClose(penalized[path] ?? [], values.map((w) => Math.sign(w) * Math.max(Math.abs(w) - threshold, 0)), { name: path, atol: 1e-7 });
    }
    expect(penalized['0.weight']?.filter((w) => w === 0).length).toBeGreaterThan(0);
  });

  test('the proximal step gives exact zeros, the gradient term does not', async () => {
    const zeros = (values: Values): number => Object.values(values).flat().filter((w) => w === 0).length;
    expect(zeros(await trained([l1({ lambda: 0.1, proximal: true })], { epochs: 20 }))).toBeGreaterThan(3);
    expect(zeros(await trained([l1({ lambda: 0.1 })], { epochs: 20 }))).toBe(0);
  });

  test.each([[0, 1], [1, 0]] as const)('maxNorm bounds every unit along axis %d', async (axis, other) => {
    const trainer = make([maxNorm({ max: 0.4, axis })]);
    await trainer.fit({ train: data(), epochs: 3, batchSize: 4 });
    for (const [path, w] of Object.entries(trainer.model.parameters())) {
      if (path.endsWith('bias')) continue;
      const lengths = Array.from(await ops.norm(w, { axis: other }).data());
      for (const length of lengths) expect(length).toBeLessThanOrEqual(0.4 * (1 + 1e-6));
      expect(Math.max(...lengths)).toBeGreaterThan(0.399);
    }
    const plain = await trained([]);
    expect(await trained([maxNorm({ max: 1e9, axis })])).toEqual(plain);
  });

  test('together: zeros of the proximal step stay, lengths hold, in any order', async () => {
    const both = () => [l1({ lambda: 0.3, proximal: true }), maxNorm({ max: 0.3 })];
    const [one, other] = [await trained(both()), await trained(both().reverse())];
    expect(one).toEqual(other);
    expect(one['0.weight']?.filter((w) => w === 0).length).toBeGreaterThan(0);
    expect(Object.keys(await trained([weightDecay(), l1(), maxNorm()]))).toHaveLength(4);
  });

  test('a step that was not applied changes nothing', async () => {
    const skip = definePlugin({
      name: 'skip', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { 'optim.step': 'exclusive' } }, batchSemantics: 'per-sample', hooks: { aroundOptimStep: () => {} },
    });
    expect(await trained([skip, l1({ lambda: 9, proximal: true }), maxNorm({ max: 0.01 })])).toEqual(await initial());
  });
});

describe('functions', () => {
  beforeAll(async () => { await useReference(); });

  test('schedules, factors and what stays the same tensor', async () => {
    const params = { 'a.weight': tensor([[3, -4]]), 'a.bias': tensor([7]) };
    const lambda = schedules.linear({ start: 0, end: 1, steps: 10 });
    const progress = { step: 5, totalSteps: 10 };
    expect(await l2Penalty(params, { lambda, progress }).item()).toBeCloseTo(0.5 * 25 / 2, 12);
    expect(await l1Penalty(params, { lambda, progress, factors: { 'a.**': 2 } }).item()).toBeCloseTo(7, 12);
    expect(await l1Penalty(params, { lambda, include: ['a.bias'], progress }).item()).toBeCloseTo(7, 12);
    expect(await l2Penalty(params, { lambda }).item()).toBe(0);
    const shrunk = shrinkWeights(params, { lr: 2, lambda, progress });
    expect(await shrunk['a.weight'].array()).toEqual([[2, -3]]);
    expect(shrunk['a.bias']).toBe(params['a.bias']);
    expect(limitNorms(params, { exclude: ['**'] })).toEqual(params);
  });

  test('a vector has units of one weight; a zero stays', async () => {
    await expectClose(renorm(tensor([-5, 0, 1]), { max: 2 }), [-2, 0, 1], { rtol: 1e-6 });
    expect(await renorm(tensor([[0, 0]])).array()).toEqual([[0, 0]]);
  });

  test('gradient checks', async () => {
    const x = () => tensor(sample(6, { seed: 4 }), [2, 3]);
    await gradientCheck((w) => l2Penalty({ w }, { lambda: 0.3 }), [x()], { order: 2 });
    await gradientCheck((w) => l1Penalty({ w }, { lambda: 0.3 }), [x()]);
    await gradientCheck((w) => softThreshold(w, 0.05), [x()]);
    await gradientCheck((w) => renorm(w, { max: 0.5 }), [x()], { order: 2 });
  });
});

describe('in the plan', () => {
  beforeAll(async () => { await useReference(); });
  const codes = (plugins: AnyPlugin[], optimizer?: optim.Optimizer): string[] => make(plugins, optimizer).findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code);

  test('coupled beside decoupled decay is refused', () => {
    expect(() => make([weightDecay(), l2()])).toThrow('@parsimony/weight-decay and @parsimony/weight-decay/l2 each claim `params.decay` for themselves: each owns the weight decay.');
    expect(() => make([l2()], optim.sgd({ lr: 0.1, weightDecay: 0.1 }))).toThrow('@parsimony/weight-decay/l2 owns the weight decay');
  });

  test('penalties through an adaptive optimizer are warned of', () => {
    expect(codes([l2()], optim.adam())).toEqual(['penalty-through-adaptive']);
    expect(codes([l1()], optim.adamw())).toEqual(['penalty-through-adaptive']);
    expect(codes([l1({ proximal: true })], optim.adam())).toEqual([]);
    expect(codes([l1(), l2()])).toEqual([]);
    expect(make([l1()], optim.rmsprop()).explain()).toContain('l1 goes through the gradient, which `rmsprop` divides by its recent size');
  });

  test('penalties come after clipping', () => {
    expect(make([l1(), clipByGlobalNorm()]).plan.order.transformGrads).toEqual(['@parsimony/gradients/clip-by-global-norm', '@parsimony/weight-decay/l1']);
  });

  test('explain says who gets what', () => {
    const text = make([l2({ lambda: 0.1 }), l1({ exclude: ['2.**'] }), maxNorm()]).explain();
    expect(text).toMatch(/0\.weight .*decay 0\.1 \(coupled\)/);
    expect(text).toMatch(/2\.bias .*no decay/);
    expect(text).toMatch(/0\.weight .* l2: penalized; l1: penalized, lambda 0\.00001; max-norm: constrained, max 3/);
    expect(text).toMatch(/2\.weight .* l2: penalized; l1: excluded by '2\.\*\*'; max-norm: constrained, max 3/);
    expect(text).toMatch(/2\.bias .* l2: a bias; l1: excluded by '2\.\*\*'; max-norm: a bias/);
  });

  test('errors', () => {
    expect(() => make([l1({ exclude: ['head.**'] })])).toThrow("l1: 'head.**' matches no parameter; the model has: 0.weight");
    expect(() => make([l2({ include: ['head.**'] })])).toThrow("l2: 'head.**' matches no parameter");
    expect(() => make([maxNorm({ exclude: ['head.**'] })])).toThrow("maxNorm: 'head.**' matches no parameter");
    expect(() => make([maxNorm({ axis: 2 })])).toThrow('maxNorm: `0.weight`: there is no axis 2 in a weight of shape [4, 3]. Give another `axis`, or exclude it.');
    expect(() => l1({ proximal: 1 as never })).toThrow('l1: `proximal` must be true or false, received 1.');
    expect(() => l1({ lambda: -1 })).toThrow('l1: `lambda` must be in [0, inf), received -1.');
    expect(() => l2({ decay: 1 } as never)).toThrow('l2: unknown option `decay`.');
    expect(() => l2({ factors: { '**': -1 } })).toThrow("l2: `factors['**']` must be in [0, inf), received -1.");
    expect(() => maxNorm({ max: 0 })).toThrow('maxNorm: `max` must be in (0, inf), received 0.');
    expect(() => maxNorm({ axis: 0.5 })).toThrow('maxNorm: `axis` must be a whole number, received 0.5.');
    expect(() => maxNorm({ factors: {} } as never)).toThrow('maxNorm: unknown option `factors`.');
    const params = { w: tensor([[1]]) };
    expect(() => l1Penalty(params, { proximal: true } as never)).toThrow('l1Penalty: unknown option `proximal`.');
    expect(() => shrinkWeights(params, { lr: -1 })).toThrow('shrinkWeights: `lr` must be in [0, inf), received -1.');
    expect(() => softThreshold(params.w, -1)).toThrow('softThreshold: `threshold` must be in [0, inf), received -1.');
    expect(() => renorm(params.w, { axis: 3 })).toThrow('renorm: there is no axis 3 in a weight of shape [1, 1].');
    expect(() => limitNorms(params, { norm: 1 } as never)).toThrow('limitNorms: unknown option `norm`.');
    expect(renorm(params.w as Tensor).shape).toEqual([1, 1]);
  });
});
