import { type AnyPlugin, arrayDataset, definePlugin, losses, memory, nn, ops, optim, schedules, scope, type Tensor, tensor, Trainer, useBackend } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { clipByGlobalNorm, clipByValue, clipGradNorm, clipGradValue } from './index';

type Values = Record<string, number[]>;
/** All reads are asked for at once, before a hook's tensors are given back. */
const valuesOf = async (params: Readonly<Record<string, Tensor>>): Promise<Values> =>
  Object.fromEntries(await Promise.all(Object.entries(params).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));
const normOf = (values: Values): number => Math.hypot(...Object.values(values).flat());
const data = (scale = 1) => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 }), (v) => v * scale), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const make = (plugins: AnyPlugin[], more: { accumulate?: number; nonFinite?: 'skip' } = {}) => new Trainer({
  model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 1 }), seed: 3, plugins, ...more,
});

/** Records the gradients that the optimizer gets. */
const probe = (seen: Promise<Values>[]) => definePlugin({
  name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['grads'] }, batchSemantics: 'per-sample',
  hooks: { transformGrads: { order: 'post', handler: (grads) => { seen.push(valuesOf(grads)); return undefined; } } },
});
async function gradients(plugins: AnyPlugin[], more: { accumulate?: number } = {}) {
  const seen: Promise<Values>[] = [];
  const { history } = await make([...plugins, probe(seen)], more).fit({ train: data(), epochs: 1, batchSize: 8 });
  return { steps: await Promise.all(seen), history };
}

describe.each(techniqueBackends)('in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('the norm is bounded, the direction stays, and what it was is logged', async () => {
    const [plain, clipped] = [await gradients([]), await gradients([clipByGlobalNorm({ maxNorm: 0.1 })])];
    const [before, after] = [plain.steps[0] as Values, clipped.steps[0] as Values];
    const norm = normOf(before);
    expect(norm).toBeGreaterThan(0.2);
    await expectClose(normOf(after), 0.1, { rtol: 1e-5 });
    for (const [path, values] of Object.entries(before)) await expectClose(after[path] ?? [], values.map((v) => v * 0.1 / (norm + 1e-6)), { name: path });
    const logged = clipped.history[0]?.values['@parsimony/gradients/clip-by-global-norm/gradNorm'];
    // The mean over the epoch; the second step starts where the clipped first one ended.
    expect(logged).toBeGreaterThan(0.1);
    const half = await gradients([clipByGlobalNorm({ maxNorm: 1e9 })]);
    await expectClose(half.history[0]?.values['@parsimony/gradients/clip-by-global-norm/gradNorm'] ?? NaN, half.steps.reduce((sum, step) => sum + normOf(step), 0) / half.steps.length, { rtol: 1e-5 });
  });

  test('once a step, on the gradients of all microbatches', async () => {
    const [one, four] = [await gradients([clipByGlobalNorm({ maxNorm: 0.1 })]), await gradients([clipByGlobalNorm({ maxNorm: 0.1 })], { accumulate: 4 })];
    expect(four.steps).toHaveLength(one.steps.length);
    for (const [path, values] of Object.entries(one.steps[0] as Values)) await expectClose((four.steps[0] as Values)[path] ?? [], values, { name: path });
  });

  test('elements are bounded one by one, and ahead of the norm', async () => {
    const { steps: [only] } = await gradients([clipByValue({ clipValue: 0.05 })]);
    expect(Math.max(...Object.values(only as Values).flat().map(Math.abs))).toBeCloseTo(0.05, 6);
    const trainer = make([clipByGlobalNorm(), clipByValue({ clipValue: 0.05 })]);
    expect(trainer.plan.order.transformGrads).toEqual(['@parsimony/gradients/clip-by-value', '@parsimony/gradients/clip-by-global-norm']);
  });

  test('a schedule of the step', async () => {
    const { steps } = await gradients([clipByGlobalNorm({ maxNorm: schedules.linear({ start: 0.1, end: 0.05, steps: 1 }) })]);
    await expectClose(steps.map(normOf), [0.1, 0.05], { rtol: 1e-4 });
  });

  test('a gradient that is not finite is not made finite', async () => {
    const broken = definePlugin({
      name: 'broken', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { grads: 'affine' } }, batchSemantics: 'per-sample',
      hooks: { transformGrads: { order: 'pre', handler: (grads) => ({ ...grads, '0.bias': ops.mul(grads['0.bias'] as Tensor, Infinity) }) as typeof grads } },
    });
    await expect(make([broken, clipByGlobalNorm()]).fit({ train: data(), epochs: 1, batchSize: 8 })).rejects.toThrow('the step was not applied');
  });
});

describe.each(techniqueBackends)('the functions on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('nothing to clip', async () => {
    const { grads, norm } = clipGradNorm({});
    expect([grads, await norm.item()]).toEqual([{}, 0]);
    const zero = clipGradNorm({ w: tensor([0, 0]) });
    expect(await valuesOf(zero.grads)).toEqual({ w: [0, 0] });
    expect(clipGradValue({}, { clipValue: 1 })).toEqual({});
  });

  test('NaN and infinities stay visible', async () => {
    expect((await valuesOf(clipGradNorm({ a: tensor([NaN, 1]), b: tensor([2]) }).grads))['b']).toEqual([NaN]);
    expect((await valuesOf(clipGradNorm({ a: tensor([Infinity, 1]) }).grads))['a']).toEqual([NaN, NaN]);
  });

  test('leave no tensor behind', () => {
    const grads = { w: tensor([3, 4]) };
    const before = memory().tensors;
    scope(() => { clipGradNorm(grads); clipGradValue(grads, { clipValue: 1 }); });
    expect(memory().tensors).toBe(before);
  });
});

// Its square is beyond float32: the scale would be 0, and a step of nothing would pass for one.
test('a norm that overflows float32 counts as not finite', async () => {
  await useBackend('wasm');
  const { grads, norm } = clipGradNorm({ a: tensor([1e30, 1]) });
  expect([await norm.item(), ...Object.values(await valuesOf(grads)).flat()]).toEqual([Infinity, NaN, NaN]);
  await expect(make([clipByGlobalNorm()]).fit({ train: data(1e30), epochs: 1, batchSize: 8 })).rejects.toThrow('the step was not applied');
});

test('errors', async () => {
  await useReference();
  expect(() => clipByGlobalNorm({ maxNorm: -1 })).toThrow('clipByGlobalNorm: `maxNorm` must be in (0, inf), received -1.');
  expect(() => clipByGlobalNorm({ norm: 1 } as never)).toThrow('clipByGlobalNorm: unknown option `norm`.');
  expect(() => clipByValue({} as never)).toThrow('clipByValue: `clipValue` is required, for example 0.5.');
  expect(() => clipByValue({ clipValue: 'big' } as never)).toThrow('clipByValue: `clipValue` must be a number or a schedule, received "big".');
  expect(() => clipGradNorm({}, { maxNorm: 0 })).toThrow('clipGradNorm: `maxNorm` must be in (0, inf), received 0.');
  expect(() => clipGradValue({}, { clipValue: NaN })).toThrow('clipGradValue: `clipValue` must be in (0, inf), received NaN.');
  expect(() => make([clipByGlobalNorm(), clipByGlobalNorm()])).toThrow('@parsimony/gradients/clip-by-global-norm is listed twice');
});
