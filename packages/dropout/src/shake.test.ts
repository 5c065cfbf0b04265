import { grad, nn, ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, expectDropRate, expectMoments, expectUncorrelated, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { shakeDrop, ShakeDrop } from './shake-drop';
import { shakeShake, ShakeShake } from './shake-shake';

const key = random.key(41);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe.each(techniqueBackends)('ShakeShake on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('alpha a + (1 - alpha) b forward, beta and 1 - beta backward, uniform and independent', async () => {
    const n = 20_000;
    // Of ones and zeros the output is alpha, and the gradients of the sum are beta and 1 - beta.
    const { value, grads: [da, db] } = run(ones([n]), zeros([n]), key);
    const [alpha, beta] = [await values(value), await values(da)];
    for (const all of [alpha, beta]) expectMoments(all, { mean: 1 / 2, variance: 1 / 12, kurtosis: 1.8 });
    expectUncorrelated(alpha, beta);
    expectUncorrelated(alpha.slice(1), alpha.slice(0, -1));
    await expectClose(db, beta.map((v) => 1 - v), { rtol: 1e-6 });
    expectUncorrelated(alpha, await values(run(ones([n]), zeros([n]), random.at(key, { step: 1 })).value));
    const [a, b] = [sample(n, { seed: 1 }), sample(n, { seed: 2 })];
    await expectClose(shakeShake(tensor(a), tensor(b), { key }), a.map((v, i) => (alpha[i] ?? NaN) * v + (1 - (alpha[i] ?? NaN)) * (b[i] ?? NaN)), { rtol: 1e-5 });
  });

  test('one draw a row or a batch; the mean of the branches in evaluation', async () => {
    const rows = await shakeShake(ones([3, 2]), zeros([3, 2]), { key }).array() as number[][];
    for (const [a, b] of rows) expect(a).toBe(b);
    expect(new Set(rows.flat()).size).toBe(3);
    expect(new Set(await values(shakeShake(ones([3, 2]), zeros([3, 2]), { key, mode: 'batch' }))).size).toBe(1);
    const layer = new ShakeShake(new nn.ReLU(), new nn.Identity());
    await expectClose(layer.forward(tensor([2, -4])), [2, -2]);
    expect(layer.forward(zeros([0, 2]), training({ key })).shape).toEqual([0, 2]);
  });

  const run = (a: Tensor, b: Tensor, k: typeof key): { value: Tensor; grads: [Tensor, Tensor] } => {
    const { a: da, b: db } = grad((inputs: Readonly<Record<'a' | 'b', Tensor>>) => ops.sum(shakeShake(inputs.a, inputs.b, { key: k })))({ a, b });
    return { value: shakeShake(a, b, { key: k }), grads: [da, db] };
  };
});

describe.each(techniqueBackends)('ShakeDrop on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('b + alpha - b alpha forward, b + beta - b beta backward', async () => {
    const [n, p] = [20_000, 0.4];
    const x = ones([n]);
    const y = await values(shakeDrop(x, { p, key }));
    const dx = await values(grad((v: Tensor) => ops.sum(shakeDrop(v, { p, key })))(x));
    const shaken = y.map((v) => (v === 1 ? 1 : 0));
    expectDropRate(shaken, p);
    expectUncorrelated(shaken.slice(1), shaken.slice(0, -1));
    expect(dx.every((v, i) => (y[i] === 1) === (v === 1))).toBe(true);
    const [alpha, beta] = [y, dx].map((all) => all.filter((_, i) => shaken[i] === 0)) as [number[], number[]];
    expectMoments(alpha, { mean: 0, variance: 1 / 3, kurtosis: 1.8 });
    expectMoments(beta, { mean: 1 / 2, variance: 1 / 12, kurtosis: 1.8 });
    expectUncorrelated(alpha, beta);
    expectUncorrelated(y, await values(shakeDrop(x, { p, key: random.at(key, { step: 1 }) })));
  });

  test('evaluation by the expectation, which is the mean of training', async () => {
    // Of alpha in [0, 1] and p = .4 the factor has mean .6 + .4 / 2 = .8, and E f^2 = .6 + .4 / 3, variance .0933; |f| <= 1 bounds the
    // fourth moment, so the kurtosis is under 1 / .0933.
    const layer = new ShakeDrop({ p: 0.4, alpha: [0, 1] });
    await expectClose(layer.forward(tensor([5, -10])), [4, -8], { rtol: 1e-6 });
    expectMoments(await values(layer.forward(ones([20_000]), training({ key }))), { mean: 0.8, variance: 0.6 + 0.4 / 3 - 0.64, kurtosis: 11 });
    await expectClose(new ShakeDrop({ p: 0.4 }).forward(tensor([5])), [3], { rtol: 1e-6 });
  });

  test('by row or batch, p of 0 and 1, fixed ranges, no samples, non-contiguous input, a schedule', async () => {
    const train = (step = 0) => training({ key, step, totalSteps: 10 });
    const x = tensor([[1, 2, 3], [4, 5, 6]]);
    expect(new ShakeDrop({ p: 0 }).forward(x, train())).toBe(x);
    // A range of one number makes it a constant.
    expect(await values(new ShakeDrop({ p: 1, alpha: [0.5, 0.5] }).forward(x, train()))).toEqual([0.5, 1, 1.5, 2, 2.5, 3]);
    const rows = await shakeDrop(ones([4, 2]), { p: 1, key }).array() as number[][];
    for (const [a, b] of rows) expect(a).toBe(b);
    expect(new Set(rows.flat()).size).toBe(4);
    expect(new Set(await values(shakeDrop(ones([4, 2]), { p: 1, key, mode: 'batch' }))).size).toBe(1);
    expect(new ShakeDrop({ p: 0.5 }).forward(zeros([0, 2]), train()).shape).toEqual([0, 2]);
    const turned = ops.transpose(x, 0, 1);
    expect(await values(shakeDrop(turned, { p: 0.5, key }))).toEqual(await values(shakeDrop(ops.add(turned, 0), { p: 0.5, key })));
    const layer = new ShakeDrop({ p: schedules.linear({ start: 0, end: 1, steps: 10 }) });
    expectDropRate((await values(layer.forward(ones([10_000]), train(3)))).map((v) => (v === 1 ? 1 : 0)), 0.3);
  });
});

test('the backward map has right derivatives of its own', async () => {
  await useReference();
  // Where alpha = beta the forward pass is what the gradients are of.
  await gradientCheck((x) => ops.square(shakeDrop(x, { p: 0.5, key, alpha: [0.3, 0.3], beta: [0.3, 0.3] })), [tensor(sample(12, { seed: 3 }), [6, 2])], { order: 2 });
  // Elsewhere d (dx) / d (dy) is dx's own factor.
  const slope = (dy: Tensor): Tensor => grad((x: Tensor) => ops.sum(ops.mul(shakeDrop(x, { p: 0.5, key }), dy)))(ones([6, 2]));
  await gradientCheck(slope, [tensor(sample(12, { seed: 4 }), [6, 2])]);
});

test('evaluation of branches has right gradients', async () => {
  await useReference();
  const layer = new ShakeShake(new nn.Linear(2, 2), new nn.Tanh()).init(key);
  await gradientCheck((x) => layer.forward(x), [tensor(sample(6, { seed: 5 }), [3, 2])], { order: 2 });
  const drop = new ShakeDrop({ p: 0.3 });
  await gradientCheck((x) => drop.forward(x), [tensor(sample(6, { seed: 5 }), [3, 2])]);
});

test('errors', async () => {
  await useReference();
  expect(() => shakeShake(ones([2]), ones([3]), { key })).toThrow('shakeShake: the branches must give the same shape, received [2] and [3].');
  expect(() => new ShakeShake(new nn.ReLU(), 3 as never)).toThrow('ShakeShake: the branches must be modules, received 3.');
  expect(() => new ShakeShake(new nn.ReLU(), new nn.ReLU(), { mode: 'all' as never })).toThrow("ShakeShake: `mode` must be one of 'batch', 'row', received \"all\".");
  expect(() => new ShakeDrop({ p: 0.5, alpha: 1 as never })).toThrow('ShakeDrop: `alpha` must be [low, high], received 1.');
  expect(() => new ShakeDrop({ p: 0.5, beta: [1, 0] })).toThrow('ShakeDrop: `beta[1]` must be in [1, inf), received 0.');
  expect(() => new ShakeDrop({ p: 1.5 })).toThrow('ShakeDrop: `p` must be in [0, 1], received 1.5.');
});
