/** SAM and ASAM by their two steps, worked out by hand on a quadratic. */
import { type AnyPlugin, arrayDataset, type Inputs, losses, nn, optim, type Outputs, random, schedules, tensor, useBackend } from '@parsimony/core';
import { expectClose, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { fitWith, type Values, valuesOf } from './fits';
import { asam, asamAscent, clipByValue, sam, samAscent } from './index';

/** L = (a w1^2 + b w2^2) / 2, as the mean squared error of two samples: gradient (a w1, b w2). */
async function onQuadratic(plugins: readonly AnyPlugin[], [a, b]: readonly [number, number], w: readonly number[], more: { accumulate?: number } = {}): Promise<number[]> {
  const data = arrayDataset({ inputs: Float32Array.of(Math.sqrt(a), 0, 0, Math.sqrt(b)), shape: [2], values: Float32Array.of(0, 0), targetShape: [1] });
  const model = new nn.Linear(2, 1, { bias: false }).init(random.key(0)).loadStateDict({ weight: tensor(w as number[], [1, 2]) });
  const { weights } = await fitWith(plugins, { model: model as unknown as nn.Module<Inputs, Outputs>, data, loss: losses.mse(), optimizer: optim.sgd({ lr: 0.1 }), batchSize: 2, ...more });
  return (weights[0] as Values)['weight'] as number[];
}

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  // g = (4 * 0.75, 1 * 4) = (3, 4), ||g|| = 5, e = 0.5 g / 5 = (0.3, 0.4); at (1.05, 4.4) g = (4.2, 4.4); w - 0.1 g = (0.33, 3.56).
  test.each([1, 2])('SAM on a quadratic, %i microbatches', async (accumulate) => {
    await expectClose(await onQuadratic([sam({ rho: 0.5 })], [4, 1], [0.75, 4], { accumulate }), [0.33, 3.56], { rtol: 1e-6 });
  });

  // t = |w| + 0.5 = (1, 2), g = (6 * 0.5, 4/3 * 1.5) = (3, 2), t g = (3, 4), e = 0.5 t (t g) / 5 = (0.3, 0.8); at (0.8, 2.3)
  // g = (4.8, 9.2/3); w - 0.1 g = (0.02, 1.5 - 0.92/3). The same with w1 below 0, mirrored.
  test('ASAM on a quadratic', async () => {
    await expectClose(await onQuadratic([asam({ rho: 0.5, eta: 0.5 })], [6, 4 / 3], [0.5, 1.5]), [0.02, 1.5 - 0.92 / 3], { rtol: 1e-5 });
    await expectClose(await onQuadratic([asam({ rho: 0.5, eta: 0.5 })], [6, 4 / 3], [-0.5, 1.5]), [-0.02, 1.5 - 0.92 / 3], { rtol: 1e-5 });
  });

  test('what comes after acts on the second gradient', async () => {
    await expectClose(await onQuadratic([clipByValue({ clipValue: 4.3 }), sam({ rho: 0.5 })], [4, 1], [0.75, 4]), [0.33, 3.57], { rtol: 1e-6 });
  });
});

test('at rho 0 there is one pass; a schedule may begin there', async () => {
  await useReference();
  let passes = 0;
  class Counting extends nn.Linear {
    protected override compute(...args: Parameters<nn.Linear['compute']>): ReturnType<nn.Linear['compute']> { passes++; return super.compute(...args); }
  }
  await fitWith([sam({ rho: schedules.step({ value: 0, stepSize: 1, gamma: 1 }) })], { model: new Counting(3, 2) as unknown as nn.Module<Inputs, Outputs> });
  expect(passes).toBe(2);
  await fitWith([sam()], { model: new Counting(3, 2) as unknown as nn.Module<Inputs, Outputs> });
  expect(passes).toBe(6);
});

test('no gradient, no move; a norm that overflows is not finite', async () => {
  await useBackend('wasm');
  expect(await valuesOf(samAscent({ w: tensor([1, 2]) }, { w: tensor([0, 0]) }))).toEqual({ w: [1, 2] });
  expect(await valuesOf(samAscent({ w: tensor([1, 2]) }, { w: tensor([1e30, 0]) }))).toEqual({ w: [NaN, NaN] });
  expect(samAscent({}, {})).toEqual({});
  const moved = asamAscent({ 'a.weight': tensor([1]), 'a.bias': tensor([100]) }, { 'a.weight': tensor([0]), 'a.bias': tensor([1]) }, { rho: 0.5 });
  expect((await valuesOf(moved))['a.bias']).toEqual([100.5]);
});

test('errors', async () => {
  await useReference();
  expect(() => sam({ rho: NaN })).toThrow('sam: `rho` must be in [0, inf), received NaN.');
  expect(() => sam({ eta: 1 } as never)).toThrow('sam: unknown option `eta`.');
  expect(() => asam({ rho: -1 })).toThrow('asam: `rho` must be in [0, inf), received -1.');
  expect(() => asam({ exclude: '**.bias' as never })).toThrow('asam: `exclude` must be a list of globs');
  await expect(fitWith([sam(), asam()])).rejects.toThrow(/^Plan: sam and asam each take the gradients of a step anew, so that those of the first would be lost. Leave one of them out.$/);
});
