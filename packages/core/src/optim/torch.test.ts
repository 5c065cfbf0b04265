/** Optimizers against PyTorch, twenty steps each, on both executors; the cases are made by tooling/reference. */
import { keep, optim, type Tensor } from '@parsimony/core';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { mapValues, row } from '../../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly optimizer: 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad';
  readonly options: { readonly lr: number; readonly [option: string]: unknown };
  readonly groups?: readonly { readonly match: string; readonly lrScale?: number; readonly weightDecay?: number }[];
  /** The rate of every step, where it changes. */
  readonly lrs?: readonly number[];
  readonly params: Readonly<Record<string, FixtureArray>>;
  /** [20, …]: of every step. */
  readonly grads: Readonly<Record<string, FixtureArray>>;
  /** [20, …]: the parameters after every step. */
  readonly after: Readonly<Record<string, FixtureArray>>;
}

const { cases } = await fixture<Case>(new URL('../../fixtures/optim.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, testCase) => {
    const { options, groups, lrs, grads, after } = testCase;
    const make = optim[testCase.optimizer] as (options: object) => ReturnType<typeof optim.sgd>;
    const optimizer = make({ ...options, ...(groups && { groups }) });
    let params: Readonly<Record<string, Tensor>> = mapValues(testCase.params, (array) => keep(toTensor(array)));
    let state = optimizer.init(params);
    const steps = grads['w']?.shape[0] ?? 0;
    expect(steps).toBe(20);
    for (let step = 0; step < steps; step++) {
      const rates = lrs && ((path: string) => ({ ...optimizer.rates(path, { step, totalSteps: steps }), lr: lrs[step] ?? NaN }));
      ({ params, state } = optimizer.step({ params, state, grads: mapValues(grads, (g) => toTensor(row(g, step))), ...(rates && { rates }) }));
      for (const [name, p] of Object.entries(params)) await expectFixture(`${name} after step ${step + 1}`, p, row(after[name] as FixtureArray, step), backend);
    }
  });
});
