import { definePlugin, optim, schedules, type Tensor, tensor, useBackend } from '@parsimony/core';
import { expectClose, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { fitWith, perceptron, type Values, valuesOf } from './fits';
import { lookahead, lookaheadStep } from './index';

/** Leaves one step out. */
const skip = (step: number) => definePlugin({
  name: 'skip', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { 'optim.step': 'exclusive' } }, batchSemantics: 'per-sample',
  hooks: { aroundOptimStep: (ctx, next) => { if (ctx.step !== step) next(); } },
});
const lr = 0.5;

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  /** What plain descent with the gradients that were seen gives, with meetings by their definition. */
  async function expectLookahead(run: { weights: Values[]; grads: Values[] }, first: Values, k: number, alpha: (step: number) => number, applied: (step: number) => boolean = () => true): Promise<void> {
    let [slow, fast] = [first, first];
    for (const [step, grads] of run.grads.entries()) {
      if (applied(step)) {
        fast = map(fast, (v, path, i) => v - lr * (grads[path]?.[i] ?? NaN));
        if ((step + 1) % k === 0) slow = fast = map(fast, (v, path, i) => (slow[path]?.[i] ?? NaN) + alpha(step) * (v - (slow[path]?.[i] ?? NaN)));
      }
      for (const [path, values] of Object.entries(fast)) await expectClose(run.weights[step]?.[path] ?? [], values, { name: `${path} after step ${step + 1}`, rtol: 1e-4 });
    }
  }
  const map = (from: Values, fn: (v: number, path: string, i: number) => number): Values => Object.fromEntries(Object.entries(from).map(([path, values]) => [path, values.map((v, i) => fn(v, path, i))]));
  const start = async (): Promise<Values> => {
    const { trainer } = await fitWith([], { optimizer: optim.sgd({ lr: 0 }), model: perceptron() as never });
    return valuesOf(trainer.model.parameters());
  };

  test('after every k-th step half way back, by its definition', async () => {
    const run = await fitWith([lookahead({ k: 3, alpha: 0.5 })], { epochs: 5 });
    await expectLookahead(run, await start(), 3, () => 0.5);
  });

  test('with a scheduled alpha, and a meeting that falls on a step that was not applied left out', async () => {
    const alpha = schedules.linear({ start: 0.2, end: 0.8, steps: 10 });
    const run = await fitWith([lookahead({ k: 2, alpha }), skip(3)], { epochs: 5 });
    await expectLookahead(run, await start(), 2, (step) => 0.2 + 0.06 * step, (step) => step !== 3);
  });

  test('the function', async () => {
    await expectClose(lookaheadStep({ w: tensor([0, 4]) }, { w: tensor([10, 0]) }, { alpha: 0.8 }).w as Tensor, [8, 0.8], { rtol: 1e-6 });
  });
});

test('errors', async () => {
  await useReference();
  expect(() => lookahead({ alpha: 1.5 })).toThrow('lookahead: `alpha` must be in [0, 1], received 1.5.');
  expect(() => lookahead({ k: 2.5 })).toThrow('lookahead: `k` must be a whole number in [1, inf), received 2.5.');
  expect(() => lookahead({ steps: 5 } as never)).toThrow('lookahead: unknown option `steps`.');
  expect(() => lookaheadStep({}, {}, { alpha: -1 })).toThrow('lookaheadStep: `alpha` must be in [0, 1], received -1.');
});
