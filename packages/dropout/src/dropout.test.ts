import { evaluateSchedule, grad, inference, memory, nn, ones, ops, random, schedules, scope, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, expectDropRate, expectMoments, expectUncorrelated, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { Dropout, dropout } from './dropout';
import { applyMask } from './mask';

const key = random.key(11);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe.each(techniqueBackends)('Dropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  // The worked example: p = .4, h = [.8, -.3, 1.2, .5, -.9], mask [1, 0, 1, 1, 0] -> [1.333, 0, 2, .833, 0]; evaluation returns h.
  test('the worked example', async () => {
    const h = tensor([0.8, -0.3, 1.2, 0.5, -0.9]);
    const y = applyMask(h, tensor([1, 0, 1, 1, 0]), { p: 0.4 });
    await expectClose(y, [0.8 / 0.6, 0, 2, 0.5 / 0.6, 0], { rtol: 1e-6 });
    expect((await values(y)).map((v) => v.toFixed(3))).toEqual(['1.333', '0.000', '2.000', '0.833', '0.000']);
    expect(new Dropout({ p: 0.4 }).forward(h)).toBe(h);
  });

  test('survivors are x / (1 - p), the others 0', async () => {
    const x = sample(1000, { seed: 2, low: 0.5, high: 1 });
    const y = await values(dropout(tensor(x), { p: 0.3, key }));
    y.forEach((v, i) => { if (v !== 0) expect(v).toBeCloseTo((x[i] ?? 0) / 0.7, 5); });
    expectDropRate(y, 0.3);
  });

  // y = x m / (1 - p) for x ~ U(-1, 1): mean 0, variance E x^2 / (1 - p) = 1 / (3 (1 - p)), and E y^4 = (1/5) / (1 - p)^3,
  // so kurtosis = 9 / (5 (1 - p)).
  test('mean and variance of the output', async () => {
    const p = 0.4;
    const y = dropout(tensor(sample(100_000, { seed: 3 })), { p, key });
    expectMoments(await values(y), { mean: 0, variance: 1 / (3 * (1 - p)), kurtosis: 1.8 / (1 - p) });
  });

  test.each([0.1, 0.5, 0.9])('drop rate %d over 100,000 elements', async (p) => {
    expectDropRate(await values(dropout(ones([100_000]), { p, key: random.key(5) })), p);
  });

  test('masks are independent across neighbours, channels, samples, steps, passes and paths', async () => {
    const layer = new Dropout({ p: 0.5 });
    const draw = (step: number, pass = 0): Promise<number[]> => values(layer.forward(ones([200, 100]), training({ key, step, pass })));
    const [first, second, other] = [await draw(0), await draw(1), await draw(0, 1)];
    expectUncorrelated(first, second);
    expectUncorrelated(first, other);
    // Neighbours in a row, and the same place in neighbouring rows.
    for (const lag of [1, 2, 8, 100]) expectUncorrelated(first.slice(lag), first.slice(0, -lag));
    const model = new nn.Sequential(new Dropout({ p: 0.5 }), new Dropout({ p: 0.5 })).init(key);
    const pass = training({ key });
    const [a, b] = (model.children() as [string, Dropout][]).map(([, child]) => child.forward(ones([20_000]), pass));
    expectUncorrelated(await values(a as Tensor), await values(b as Tensor));
  });

  test('a module used twice in a pass draws twice; the same key and step draw the same', async () => {
    const layer = new Dropout();
    const pass = training({ key, step: 3 });
    const [a, b] = [await values(layer.forward(ones([64]), pass)), await values(layer.forward(ones([64]), pass))];
    const again = await values(layer.forward(ones([64]), training({ key, step: 3 })));
    expect(a).not.toEqual(b);
    expect(again).toEqual(a);
  });

  test('the gradient goes through what was kept', async () => {
    const x = tensor(sample(32, { seed: 4 }));
    const y = await values(dropout(ones([32]), { p: 0.5, key }));
    const g = grad((v: Tensor) => ops.sum(dropout(v, { p: 0.5, key })))(x);
    await expectClose(g, y);
  });

  test('p of 0 and 1, zero-size and strided input', async () => {
    const x = tensor([[1, 2, 3], [4, 5, 6]]);
    const train = () => training({ key });
    expect(new Dropout({ p: 0 }).forward(x, train())).toBe(x);
    expect(await values(new Dropout({ p: 1 }).forward(x, train()))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Dropout().forward(zeros([0, 3]), train()).shape).toEqual([0, 3]);
    const turned = ops.transpose(x, 0, 1);
    const y = await values(dropout(turned, { p: 0.5, key }));
    const mask = await values(dropout(ones([3, 2]), { p: 0.5, key }));
    expect(y).toEqual([1, 4, 2, 5, 3, 6].map((v, i) => v * (mask[i] ?? 0)));
  });

  test('classic scaling: unscaled in training, times 1 - p in evaluation', async () => {
    const layer = new Dropout({ p: 0.25, scaling: 'inference' });
    const y = await values(layer.forward(ones([400]), training({ key })));
    for (const v of new Set(y)) expect([0, 1].some((w) => Math.abs(v - w) < 1e-6)).toBe(true);
    expectDropRate(y, 0.25);
    await expectClose(layer.forward(tensor([4, -8]), inference()), [3, -6], { rtol: 1e-7 });
    await expectClose(applyMask(tensor([4, -8]), tensor([1, 0]), { p: 0.25, scaling: 'inference' }), [4, 0]);
  });

  test('p follows a schedule of the step', async () => {
    const p = schedules.linear({ start: 0, end: 0.8, steps: 100 });
    const layer = new Dropout({ p });
    const x = ones([20_000]);
    expect(layer.forward(x, training({ key, step: 0, totalSteps: 100 }))).toBe(x);
    expectDropRate(await values(layer.forward(x, training({ key, step: 50, totalSteps: 100 }))), evaluateSchedule(p, { step: 50, totalSteps: 100 }));
  });

  test('holds no tensor', () => {
    const layer = new Dropout();
    const x = ones([8]);
    const before = memory().tensors;
    for (let step = 0; step < 5; step++) scope(() => { layer.forward(x, training({ key, step })); });
    expect(memory().tensors).toBe(before);
  });
});

test('gradient check', async () => {
  await useReference();
  await gradientCheck((x) => dropout(x, { p: 0.4, key }), [tensor(sample(24, { seed: 6 }), [4, 6])], { order: 2 });
  await gradientCheck((x) => dropout(x, { p: 0.4, key, scaling: 'inference' }), [tensor(sample(24, { seed: 6 }))]);
});

describe('errors', () => {
  beforeAll(async () => { await useReference(); });

  test.each([1.5, -0.1, NaN, Infinity])('p = %d', (p) => {
    expect(() => new Dropout({ p })).toThrow(`Dropout: \`p\` must be in [0, 1], received ${p}.`);
    expect(() => dropout(ones([2]), { p, key })).toThrow('dropout: `p` must be in [0, 1]');
    expect(() => applyMask(ones([2]), ones([2]), { p })).toThrow('applyMask: `p` must be in [0, 1]');
  });

  test('options', () => {
    expect(() => new Dropout({ P: 0.5 } as never)).toThrow('Dropout: unknown option `P`. Did you mean `p`?');
    expect(() => new Dropout({ p: '0.5' as never })).toThrow('Dropout: `p` must be a number or a schedule, received "0.5".');
    expect(() => new Dropout({ p: { schedule: 'nothing' } })).toThrow('unknown schedule "nothing"');
    expect(() => new Dropout({ scaling: 'both' as never })).toThrow("Dropout: `scaling` must be one of 'training', 'inference', received \"both\".");
    expect(() => applyMask(ones([2]), [1, 0] as never, { p: 0.5 })).toThrow('applyMask: `mask` must be a tensor');
    expect(() => applyMask(ones([2]), ones([3]), { p: 0.5 })).toThrow('shapes [2] and [3] do not broadcast');
    expect(() => dropout(ones([2]), { p: 0.5 } as never)).toThrow('`key` must be a random key');
  });

  test('a schedule that leaves [0, 1], when it does', () => {
    const layer = new Dropout({ p: schedules.linear({ start: 0, end: 2, steps: 10 }) });
    expect(() => layer.forward(ones([2]), training({ key, step: 9 }))).toThrow('Dropout: `p (scheduled)` must be in [0, 1], received 1.8.');
  });
});
