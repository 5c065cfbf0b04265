/** The techniques in fits: what reaches the weights, what they are drawn to after a resume, who goes with whom. */
import {
  type AnyPlugin, arrayDataset, definePlugin, losses, memoryStore, nn, ops, optim, type Params, random, schedules, type Tensor, tensor, Trainer, training, useBackend, valueAndGrad,
} from '@parsimony/core';
import { clipByGlobalNorm } from '@parsimony/gradients';
import { expectClose, sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import {
  activityPenalty, activityRegularization, confidencePenalty, elasticNet, entropyPenalty, gradientPenalty, groupLasso, inputGradientPenalty, jacobianNorm, jacobianPenalty, l1, l2, l2sp, maxNorm, minMaxNorm,
  mixout, nonNegative, orthogonalPenalty, orthogonalRegularization, tieWeights, unitNorm, weightDecay,
} from './index';

type Values = Record<string, number[]>;
const model = () => new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
const inputs = Float32Array.from(sample(48, { seed: 2 }));
const labels = Int32Array.from({ length: 16 }, (_, i) => i % 2);
const data = () => arrayDataset({ inputs, shape: [3], labels, numClasses: 2 });
const make = (plugins: AnyPlugin[], more: { readonly optimizer?: optim.Optimizer; readonly model?: nn.Sequential; readonly accumulate?: number } = {}) =>
  new Trainer({ model: model(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins, ...more });
const valuesOf = async (params: Params): Promise<Values> =>
  Object.fromEntries(await Promise.all(Object.entries(params).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));
const oneStep = { epochs: 1, batchSize: 16 };
async function trained(plugins: AnyPlugin[], fit: { readonly epochs: number; readonly batchSize: number } = oneStep, more: Parameters<typeof make>[1] = {}): Promise<Values> {
  const trainer = make(plugins, more);
  await trainer.fit({ train: data(), ...fit });
  return valuesOf(trainer.model.parameters());
}

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const rtol = backend === 'reference' ? 1e-9 : 1e-4;

  /** A step with the loss and a penalty written out by hand. */
  async function byHand(penalty: (net: nn.Sequential, params: Params, x: Tensor) => Tensor): Promise<Values> {
    const net = model().init(random.key(3));
    const { inputs: x, target } = await data().batch(Int32Array.from(labels.keys()));
    const { grads } = valueAndGrad((params: Params) => {
      const { sum, denominator } = losses.crossEntropy()(net.forward(x as Tensor, training({ key: random.key(1), weights: { params } })), target);
      return ops.add(ops.div(sum, denominator), penalty(net, params, x as Tensor));
    })(net.parameters());
    return valuesOf(Object.fromEntries(Object.entries(net.parameters()).map(([path, w]) => [path, ops.sub(w, ops.mul(grads[path] as Tensor, 0.1))])));
  }
  const expectSame = async (actual: Values, expected: Values): Promise<void> => {
    for (const [path, values] of Object.entries(expected)) await expectClose(actual[path] ?? [], values, { name: path, rtol, atol: 1e-6 });
  };
  const under = (params: Params) => training({ key: random.key(1), weights: { params } });
  const target = { kind: 'index', numClasses: 2 } as const;

  test('each penalty adds its gradient, whole and in microbatches', async () => {
    const cases: readonly (readonly [AnyPlugin, Parameters<typeof byHand>[0]])[] = [
      [orthogonalRegularization({ lambda: 0.3, exclude: ['2.**'] }), (_, params) => orthogonalPenalty({ '0.weight': params['0.weight'] as Tensor }, { lambda: 0.3 })],
      [activityRegularization({ match: '1', l1: 0.2, l2: 0.3 }), (_, params, x) => ops.div(activityPenalty(ops.tanh(ops.linear(x, params['0.weight'] as Tensor, params['0.bias'] as Tensor)), { l1: 0.2, l2: 0.3 }), 16)],
      [confidencePenalty({ beta: 0.4 }), (net, params, x) => ops.mul(entropyPenalty(net.forward(x, under(params))).sum, 0.4 / 16)],
      [jacobianPenalty({ lambda: 0.4, projections: 'all' }), (net, params, x) => ops.mul(jacobianNorm((v: Tensor) => net.forward(v, under(params)), x, { projections: 'all' }).sum, 0.4 / 32)],
      [gradientPenalty({ lambda: 0.4 }), (net, params, x) => ops.mul(inputGradientPenalty((v: Tensor) => losses.crossEntropy()(net.forward(v, under(params)), { ...target, labels: tensor(labels, { dtype: 'int32' }) }).sum, x).sum, 0.4 / 16)],
    ];
    for (const [plugin, penalty] of cases) {
      const expected = await byHand(penalty);
      await expectSame(await trained([plugin]), expected);
      await expectSame(await trained([plugin], oneStep, { accumulate: 4 }), expected);
    }
  });

  test('L2-SP pulls to the start, and new parameters to 0', async () => {
    const alone = await trained([l2sp({ alpha: 0, beta: 0.3, fresh: ['2.**'] })], { epochs: 2, batchSize: 4 });
    const groups = [{ match: '2.weight', weightDecay: 0.3 }];
    expect(alone).toEqual(await trained([], { epochs: 2, batchSize: 4 }, { optimizer: optim.sgd({ lr: 0.1, groups }) }));
    // Two steps by hand: in the first the weights are at the start, in the second the pull is alpha (w_1 - w_0).
    const seen: Values[] = [];
    const watch = definePlugin({ name: 'watch', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', hooks: { stepStart: async (ctx) => { seen.push(await valuesOf(ctx.weights.params)); } } });
    const twice = await trained([l2sp({ alpha: 0.5 }), watch], { epochs: 2, batchSize: 16 });
    const [start = {}, first = {}] = seen;
    const plain = await trained([], oneStep, { model: model().loadStateDict(Object.fromEntries(Object.entries(first).map(([path, values]) => [path, tensor(values, shapes[path] ?? [])]))) });
    for (const [path, values] of Object.entries(plain)) {
      const pull = path.endsWith('bias') ? 0 : 0.1 * 0.5;
      await expectClose(twice[path] ?? [], values.map((w, i) => w - pull * ((first[path]?.[i] ?? NaN) - (start[path]?.[i] ?? NaN))), { name: path, rtol, atol: 1e-6 });
    }
  });

  test('mixout: masks of the pass alone, none in evaluation, and nothing left on the model', async () => {
    const initial = await trained([], oneStep, { optimizer: optim.sgd({ lr: 0 }) });
    // With p 1 the pass sees the start alone, so no gradient comes to what is mixed.
    const all = await trained([mixout({ p: 1 })], { epochs: 2, batchSize: 4 });
    for (const path of ['0.weight', '2.weight']) expect(all[path]).toEqual(initial[path]);
    expect(all['2.bias']).not.toEqual(initial['2.bias']);
    // The first step sees the start whatever the mask.
    await expectSame(await trained([mixout({ p: 0 })]), await trained([]));
    const trainer = make([mixout({ p: 0.5 })]);
    await trainer.fit({ train: data(), epochs: 2, batchSize: 4 });
    const x = tensor(inputs, [16, 3]);
    expect(await valuesOf({ y: trainer.model.forward(x, training({ key: random.key(1) })) as Tensor })).toEqual(await valuesOf({ y: trainer.model.forward(x) as Tensor }));
    await trainer.fit({ train: data(), epochs: 1, batchSize: 4 });
    // Each pass of a step has a mask of its own.
    let apart: Promise<ArrayLike<number>> | undefined;
    const twice = definePlugin({
      name: 'twice', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { forward: 'replace' } }, batchSemantics: 'per-sample',
      hooks: { aroundForward: (ctx, next) => { const [one, other] = [next() as Tensor, next() as Tensor]; if (ctx.step === 2) apart = ops.sub(one, other).data(); return one; } },
    });
    await trained([twice, mixout({ p: 0.5 })], { epochs: 3, batchSize: 16 });
    expect(Array.from(await apart ?? []).some((v) => v !== 0)).toBe(true);
  });

  test('a tied weight is decayed, clipped and mixed once', async () => {
    const square = () => { const net = new nn.Sequential(new nn.Linear(3, 3), new nn.Tanh(), new nn.Linear(3, 3), new nn.Linear(3, 2)); tieWeights(net, ['0.weight', '2.weight']); return net; };
    const plugins = () => [weightDecay({ decay: 0.5 }), clipByGlobalNorm({ maxNorm: 0.1 }), mixout({ p: 0.3 })];
    const trainer = make(plugins(), { model: square() });
    const text = trainer.explain();
    expect(text.match(/weight-decay: decayed/g)).toHaveLength(2);
    expect(text).toContain('Sequential, 23 parameters');
    await trainer.fit({ train: data(), epochs: 2, batchSize: 4 });
    const store = memoryStore();
    const controller = new AbortController();
    await make(plugins(), { model: square() }).fit({ train: data(), epochs: 2, batchSize: 4, checkpoint: { store }, signal: controller.signal, onProgress: (event) => { if (event.kind === 'step' && event.step === 3) controller.abort(); } });
    const second = make(plugins(), { model: square() });
    await second.fit({ train: data(), epochs: 2, batchSize: 4, resume: store });
    expect(await valuesOf(second.model.stateDict())).toEqual(await valuesOf(trainer.model.stateDict()));
  });

  test('schedules of strengths: 0 in the end is none in the end', async () => {
    const late = schedules.late({ value: 0.5, steps: 100 });
    const plain = await trained([], { epochs: 2, batchSize: 4 });
    for (const plugin of [
      weightDecay({ decay: late }), l1({ lambda: late }), l2({ lambda: late }), elasticNet({ l1: late, l2: late }), elasticNet({ l1: late, l2: late, proximal: true }), groupLasso({ lambda: late }),
      orthogonalRegularization({ lambda: late }), l2sp({ alpha: late, beta: late }), mixout({ p: late }), activityRegularization({ match: '1', l1: late, l2: late }), confidencePenalty({ beta: late }),
      jacobianPenalty({ lambda: late }), gradientPenalty({ lambda: late }),
    ]) expect(await trained([plugin], { epochs: 2, batchSize: 4 })).toEqual(plain);
  });
});
const shapes: Readonly<Record<string, readonly number[]>> = { '0.weight': [4, 3], '0.bias': [4], '2.weight': [2, 4], '2.bias': [2] };

describe('on wasm alone', () => {
  beforeAll(async () => { await useBackend('wasm'); });
  const codes = (plugins: AnyPlugin[], optimizer: optim.Optimizer = optim.sgd({ lr: 0.1 })): string[] => make(plugins, { optimizer }).findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code);

  test('two owners of the decay are refused', () => {
    for (const owner of [l2(), elasticNet(), elasticNet({ proximal: true }), l2sp()]) expect(() => make([weightDecay(), owner])).toThrow('each claim `params.decay` for themselves: each owns the weight decay.');
    expect(() => make([elasticNet({ proximal: true })], { optimizer: optim.sgd({ lr: 0.1, weightDecay: 0.1 }) })).toThrow('owns the weight decay');
  });

  test('two constraints on lengths of one parameter are refused; what is not negative comes before them, proximal steps before all', () => {
    for (const [a, b, said] of [[maxNorm(), unitNorm(), 'maxNorm and unitNorm'], [minMaxNorm(), maxNorm(), 'maxNorm and minMaxNorm'], [unitNorm(), minMaxNorm(), 'minMaxNorm and unitNorm']] as const) {
      expect(() => make([a, b])).toThrow(`Plan: ${said} both set the lengths of \`0.weight\`, \`2.weight\`, so that only one of them would hold. Give each parameters of its own by \`exclude\``);
    }
    expect(() => make([maxNorm({ include: ['0.bias'], axis: 0 }), unitNorm({ exclude: ['2.**'] })])).toThrow('the lengths of `0.weight`, so that');
    const apart = make([unitNorm({ exclude: ['2.**'] }), maxNorm({ exclude: ['0.**'] })]);
    expect(apart.plan.order.transformParams).toEqual(['@parsimony/weight-decay/max-norm', '@parsimony/weight-decay/unit-norm']);
    expect(() => make([maxNorm(), unitNorm({ exclude: ['head.**'] })])).toThrow(/^[^\n]*unitNorm: 'head.\*\*' matches no parameter[^\n]*$/);
    const order = make([maxNorm(), nonNegative(), groupLasso(), l1({ proximal: true })]).plan.order.transformParams;
    expect(order.map((key) => key.slice(key.lastIndexOf('/') + 1))).toEqual(['l1', 'group-lasso', 'non-negative', 'max-norm']);
    expect(() => make([elasticNet({ proximal: true }), l1({ proximal: true })])).toThrow('Plan: elasticNet and l1 would both take the weights towards 0 after each step; elasticNet has an `l1` of its own. Add the `lambda` of l1 to it, and leave l1 out.');
    expect(() => make([elasticNet({ proximal: true }), l1()])).not.toThrow();
  });

  test('penalties through an adaptive optimizer are warned of, proximal steps are not', () => {
    for (const plugin of [l1(), l2(), elasticNet(), l2sp()]) expect(codes([plugin], optim.adam())).toEqual(['penalty-through-adaptive']);
    for (const plugin of [l1({ proximal: true }), elasticNet({ proximal: true }), groupLasso(), weightDecay(), mixout(), orthogonalRegularization()]) expect(codes([plugin], optim.adam())).toEqual([]);
  });

  test('what the plan refuses, in words', () => {
    expect(() => make([activityRegularization({ match: 'relu', l1: 1 })])).toThrow("activityRegularization: 'relu' matches no module; the model has: 0, 1, 2.");
    expect(() => make([orthogonalRegularization({ include: ['0.bias'] })])).toThrow('orthogonalRegularization: `0.bias` of shape [4] is no matrix. Leave it out of `include`.');
    expect(() => make([groupLasso({ axis: 2 })])).toThrow('groupLasso: `0.weight`: there is no axis 2 in a weight of shape [4, 3].');
    expect(() => make([l2sp({ fresh: ['head.**'] })])).toThrow("l2sp: 'head.**' matches no parameter; the model has: 0.weight");
    expect(() => make([mixout({ exclude: ['head.**'] })])).toThrow("mixout: 'head.**' matches no parameter");
  });

  test('the confidence penalty leaves ignored labels out, and refuses a regression', async () => {
    const some = Int32Array.from(labels, (label, i) => (i < 4 ? -100 : label));
    const few = (ids: readonly number[]) => arrayDataset({ inputs: Float32Array.from(ids.flatMap((i) => Array.from(inputs.subarray(3 * i, 3 * i + 3)))), shape: [3], labels: Int32Array.from(ids, (i) => some[i] ?? 0), numClasses: 2, ignoreIndex: -100 });
    const all = Array.from(labels.keys());
    const weights = await Promise.all([few(all), few(all.slice(4))].map(async (set) => {
      const trainer = make([confidencePenalty({ beta: 1 })]);
      await trainer.fit({ train: set, epochs: 1, batchSize: 16 });
      return valuesOf(trainer.model.parameters());
    }));
    for (const [path, values] of Object.entries(weights[0] ?? {})) await expectClose(values, weights[1]?.[path] ?? [], { name: path, rtol: 1e-5, atol: 1e-7 });
    const regression = new Trainer({ model: model(), loss: losses.mse(), optimizer: optim.sgd({ lr: 0.1 }), seed: 1, plugins: [confidencePenalty()] });
    await expect(regression.fit({ train: arrayDataset({ inputs: new Float32Array(3), shape: [3], values: new Float32Array(2), targetShape: [2] }), epochs: 1, batchSize: 1 })).rejects.toThrow("received kind 'value'. Leave the penalty out for a regression.");
  });

  test('the entropy is logged, and rises with the penalty', async () => {
    const entropy = async (beta: number): Promise<number> => {
      const trainer = make([confidencePenalty({ beta })], { optimizer: optim.adam({ lr: 0.05 }) });
      const { history } = await trainer.fit({ train: data(), epochs: 30, batchSize: 16 });
      return history.at(-1)?.values['@parsimony/weight-decay/confidence/entropy'] ?? NaN;
    };
    expect(await entropy(2)).toBeGreaterThan(await entropy(0.01));
  });
});
