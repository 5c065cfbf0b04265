import { type Tensor, tensor, useBackend } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { fitWith, type Values } from './fits';
import { adaptiveClip, centralization, centralizeGrads, clipByGlobalNorm, clipByValue, gradientNoise, sam } from './index';

const rowMeans = (values: readonly number[], rows: number): number[] => {
  const size = values.length / rows;
  return Array.from({ length: rows }, (_, r) => values.slice(r * size, (r + 1) * size).reduce((a, b) => a + b, 0) / size);
};

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('the mean of each row is taken off, in any number of axes', async () => {
    const values = Array.from(sample(54, { seed: 4 }));
    for (const shape of [[3, 18], [3, 2, 9], [3, 2, 3, 3]]) {
      const { g } = centralizeGrads({ g: tensor(values, shape) });
      const means = rowMeans(values, 3);
      await expectClose(g as Tensor, { data: values.map((v, i) => v - (means[Math.floor(i / 18)] ?? NaN)), shape }, { rtol: 1e-5 });
    }
  });

  test('in a fit: rows of weights sum to 0, biases stay; the sum of each unit\'s weights is kept', async () => {
    const [plain, central] = [await fitWith([]), await fitWith([centralization()], { epochs: 5 })];
    for (const path of ['0.bias', '2.bias']) expect(central.grads[0]?.[path]).toEqual(plain.grads[0]?.[path]);
    const first = rowMeans((central.weights[0] as Values)['0.weight'] as number[], 6);
    await expectClose(rowMeans((central.grads[0] as Values)['0.weight'] as number[], 6), Array.from({ length: 6 }, () => 0), { atol: 1e-7 });
    await expectClose(rowMeans((central.weights.at(-1) as Values)['0.weight'] as number[], 6), first, { rtol: 1e-5 });
  });

  test('what is left out', async () => {
    const grads = { w: tensor([[1, 3]]), kernel: tensor([[[1, 3]]]), b: tensor([1, 3]) };
    const of = async (options: Parameters<typeof centralizeGrads>[1]) => Object.fromEntries(await Promise.all(Object.entries(centralizeGrads(grads, options)).map(async ([path, g]) => [path, Array.from(await g.data())])));
    expect(await of({})).toEqual({ w: [-1, 1], kernel: [-1, 1], b: [1, 3] });
    expect(await of({ convOnly: true })).toEqual({ w: [1, 3], kernel: [-1, 1], b: [1, 3] });
    expect(await of({ exclude: ['k*'] })).toEqual({ w: [-1, 1], kernel: [1, 3], b: [1, 3] });
  });
});

test('the order of what acts on gradients, however they are listed', async () => {
  await useReference();
  const { trainer } = await fitWith([gradientNoise(), centralization(), clipByGlobalNorm(), adaptiveClip(), clipByValue({ clipValue: 1 }), sam()]);
  expect(trainer.plan.order.transformGrads.slice(0, 6)).toEqual(['sam', 'clip-by-value', 'adaptive-clip', 'clip-by-global-norm', 'centralization', 'gradient-noise'].map((name) => `@parsimony/gradients/${name}`));
});

test('errors', () => {
  expect(() => centralization({ convOnly: 1 as never })).toThrow('centralization: `convOnly` must be true or false, received 1.');
  expect(() => centralization({ only: 'conv' } as never)).toThrow('centralization: unknown option `only`.');
  expect(() => centralizeGrads({}, { exclude: [''] })).toThrow('centralizeGrads: `exclude` must be a list of globs');
});
