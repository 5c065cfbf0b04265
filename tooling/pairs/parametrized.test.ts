/**
 * Parametrized weights under the plugins that act on weights: what is decayed, clipped, averaged, counted and saved is the raw weight and what
 * stands beside it, and averages are still orthogonal and of spectral norm 1.
 */
import { type AnyPlugin, arrayDataset, definePlugin, eye, loadCheckpoint, losses, memoryStore, nn, ops, optim, type Params, random, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { ema } from '@parsimony/ema';
import { clipByGlobalNorm } from '@parsimony/gradients';
import { applyOrthogonal, applySpectralNorm, applyWeightNorm, applyWeightStandardization } from '@parsimony/norms';
import { expectClose, sample } from '@parsimony/testkit';
import { decayRules, weightDecay } from '@parsimony/weight-decay';
import { beforeAll, describe, expect, test } from 'vitest';

function build(): nn.Sequential {
  const model = new nn.Sequential(
    new nn.Linear(6, 8), new nn.Tanh(), new nn.Linear(8, 8), new nn.Tanh(), new nn.Linear(8, 8), new nn.Linear(8, 5), new nn.Tanh(), new nn.Linear(5, 3));
  applyWeightNorm(model, '0.weight');
  applySpectralNorm(model, '2.weight');
  applyOrthogonal(model, '4.weight');
  applyOrthogonal(model, '5.weight');
  applyWeightStandardization(model, '7.weight');
  return model;
}
const data = () => arrayDataset({ inputs: Float32Array.from(sample(240, { seed: 2 })), shape: [6], labels: Int32Array.from({ length: 40 }, (_, i) => (i * 7) % 3), numClasses: 3 });
const trainer = (plugins: AnyPlugin[], lr = 0.05): Trainer => new Trainer({ model: build(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr }), seed: 5, plugins });
const fit = { epochs: 3, batchSize: 8 };
const bits = async (params: Params): Promise<Record<string, number[]>> => Object.fromEntries(await Promise.all(Object.entries(params).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));

describe('parametrized weights', () => {
  beforeAll(() => useBackend('wasm'));

  test('the raw weights and lengths are what is counted and decayed, biases are not', () => {
    const model = build();
    const shapes = model.parameterShapes();
    expect(shapes).toEqual({
      '0.bias': [8], '0.weight_g': [8, 1], '0.weight_v': [8, 6], '2.bias': [8], '2.parametrizations.weight.original': [8, 8], '4.bias': [8], '4.parametrizations.weight.original': [8, 8],
      '5.bias': [5], '5.parametrizations.weight.original': [5, 8], '7.weight': [3, 5], '7.bias': [3],
    });
    const total = Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(trainer([weightDecay({ decay: 0.1 })]).explain()).toContain(`${total} parameters`);
    const decayed = decayRules(shapes, { decay: 0.1 }).filter(({ decay }) => decay !== 0).map(({ path }) => path);
    expect(decayed).toEqual(['0.weight_g', '0.weight_v', '2.parametrizations.weight.original', '4.parametrizations.weight.original', '5.parametrizations.weight.original', '7.weight']);
  });

  test('decay takes its share of the raw weights and keeps the orthogonal ones orthogonal', async () => {
    // Gradients are held at 0, so that only the decay moves: (1 - 0.05 * 0.5) a step.
    const still = definePlugin({
      name: 'still', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { grads: 'replace' } }, batchSemantics: 'per-sample',
      hooks: { transformGrads: (grads) => Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.mul(g, 0)])) as typeof grads },
    });
    const own = trainer([weightDecay({ decay: 0.5 }), still]);
    own.model.init(random.key(5));
    const before = await bits(own.model.parameters());
    const { steps } = await own.fit({ train: data(), ...fit });
    const left = (1 - 0.05 * 0.5) ** steps;
    for (const [path, values] of Object.entries(await bits(own.model.parameters()))) {
      await expectClose(values, (before[path] ?? []).map((v) => v * (path.endsWith('bias') ? 1 : left)), { name: path, rtol: 1e-5 });
    }
    await expectOrthogonal(nn.weightOf(own.model, '5.weight'));
  });

  test('averages are of the raw weights; the average is orthogonal and of spectral norm 1 as the model is', async () => {
    const steps: Record<string, number[]>[] = [];
    const probe = definePlugin({
      name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: { stepEnd: async (ctx) => { steps.push(await bits({ ...ctx.weights.params, ...ctx.weights.buffers })); } },
    });
    const own = trainer([weightDecay({ decay: 0.01 }), clipByGlobalNorm({ maxNorm: 0.5 }), ema({ decay: 0.8, warmup: false }), probe]);
    await own.fit({ train: data(), ...fit });
    let average = steps[0] ?? {};
    for (const now of steps.slice(1)) average = Object.fromEntries(Object.entries(now).map(([path, values]) => [path, values.map((v, i) => 0.8 * (average[path]?.[i] ?? NaN) + 0.2 * v)]));
    const { model } = own;
    const kept = await bits(model.stateDict());
    expect(Object.keys(kept).sort()).toEqual(Object.keys(average).sort());
    for (const [path, values] of Object.entries(average)) await expectClose(kept[path] ?? [], values, { name: path, rtol: 1e-4, atol: 1e-6 });
    for (const path of ['4.weight', '5.weight']) await expectOrthogonal(nn.weightOf(model, path));
    // u and v trail the average, so sigma is at most 1 short of the true norm by the square of their angle.
    const sigma = await spectralNormOf(nn.weightOf(model, '2.weight'));
    expect(sigma).toBeGreaterThan(0.999);
    expect(sigma).toBeLessThan(1.05);
  });

  test('a fit stopped and gone on from its checkpoint has the bits of one that was not', async () => {
    const plugins = () => [weightDecay({ decay: 0.01 }), clipByGlobalNorm({ maxNorm: 0.5 }), ema({ decay: 0.8 })];
    const whole = trainer(plugins());
    await whole.fit({ train: data(), ...fit });
    const store = memoryStore();
    const controller = new AbortController();
    const first = trainer(plugins());
    await first.fit({ train: data(), ...fit, checkpoint: { store }, signal: controller.signal, onProgress: (event) => { if (event.kind === 'step' && event.step === 7) controller.abort(); } });
    expect((await loadCheckpoint(store)).step).toBe(7);
    const second = trainer(plugins());
    await second.fit({ train: data(), ...fit, resume: store });
    expect(await bits(second.model.stateDict())).toEqual(await bits(whole.model.stateDict()));
  });
});

async function expectOrthogonal(q: Tensor): Promise<void> {
  const [rows = 0, columns = 0] = q.shape;
  const gram = rows < columns ? ops.matmul(q, q, { transposeB: true }) : ops.matmul(q, q, { transposeA: true });
  await expectClose(gram, eye(Math.min(rows, columns)), { atol: 1e-5 });
}

/** By many iterations of W^T W. */
async function spectralNormOf(w: Tensor): Promise<number> {
  let v: Tensor = ops.sum(w, { axis: 0 });
  for (let i = 0; i < 200; i++) {
    const next = ops.matmul(ops.matmul(w, v), w);
    v = ops.div(next, ops.norm(next));
  }
  return ops.norm(ops.matmul(w, v)).item();
}
