/** A hundred steps of each optimizer, with groups, against PyTorch, Lion and Muon against their formulas; the cases are made by tooling/reference. */
import { keep, optim, type Tensor } from '@parsimony/core';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { mapValues, row } from '../../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly optimizer: 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad' | 'lion' | 'muon';
  readonly options: { readonly lr: number; readonly [option: string]: unknown };
  readonly groups?: readonly optim.OptimizerGroup[];
  readonly lrs?: readonly number[];
  readonly params: Readonly<Record<string, FixtureArray>>;
  /** [100, …]: of every step. */
  readonly grads: Readonly<Record<string, FixtureArray>>;
  /** [10, …]: the parameters after every tenth step. */
  readonly after: Readonly<Record<string, FixtureArray>>;
}

const { cases } = await fixture<Case>(new URL('../../fixtures/optim-100.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, testCase) => {
    const { options, groups, lrs, grads, after } = testCase;
    const make = optim[testCase.optimizer] as (options: object) => optim.Optimizer;
    const optimizer = make({ ...options, ...(groups && { groups }) });
    let params: Readonly<Record<string, Tensor>> = mapValues(testCase.params, (array) => keep(toTensor(array)));
    let state = optimizer.init(params);
    const steps = grads['in.weight']?.shape[0] ?? 0;
    expect(steps).toBe(100);
    for (let step = 0; step < steps; step++) {
      const progress = { step, totalSteps: steps };
      const rates = lrs && ((path: string) => ({ ...optimizer.rates(path, progress), lr: lrs[step] ?? NaN }));
      ({ params, state } = optimizer.step({ params, state, progress, grads: mapValues(grads, (g) => toTensor(row(g, step))), ...(rates && { rates }) }));
      if ((step + 1) % 10 !== 0) continue;
      for (const [name, p] of Object.entries(params)) await expectFixture(`${name} after step ${step + 1}`, p, row(after[name] as FixtureArray, (step + 1) / 10 - 1), backend);
    }
  });
});
