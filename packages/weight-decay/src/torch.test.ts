/** Decoupled decay against PyTorch: AdamW, and SGD with the decay taken off first; the cases are made by tooling/reference. */
import { keep, optim, type Tensor } from '@parsimony/core';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { decayRules, decayWeights } from '@parsimony/weight-decay';
import { describe, expect, test } from 'vitest';
import { row } from '../../../tooling/reference/check/arrays';
import { type Backend, expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly optimizer: 'sgd' | 'adamw';
  readonly options: { readonly lr: number; readonly momentum?: number };
  readonly decay: number;
  /** The parameters that are decayed. */
  readonly decays: readonly string[];
  /** The rate of every step, where it changes. */
  readonly lrs?: readonly number[];
  readonly params: Readonly<Record<string, FixtureArray>>;
  /** [20, …]: of every step. */
  readonly grads: Readonly<Record<string, FixtureArray>>;
  /** [20, …]: the parameters after every step. */
  readonly after: Readonly<Record<string, FixtureArray>>;
}

type Params = Readonly<Record<string, Tensor>>;
const STEPS = 20;
const { cases } = await fixture<Case>(new URL('../fixtures/decoupled.json', import.meta.url));

/** Runs the steps; the decay is in `rates`, or taken off before by `before`. */
async function run({ optimizer, options, lrs, params: start, grads, after }: Case, backend: Backend, decayOf: (path: string) => number, before: (params: Params, lr: number) => Params): Promise<void> {
  // AdamW without its own decay is Adam.
  const rule = optimizer === 'sgd' ? optim.sgd(options) : optim.adam(options);
  let params: Params = Object.fromEntries(Object.entries(start).map(([name, array]) => [name, keep(toTensor(array))]));
  let state = rule.init(params);
  for (let step = 0; step < STEPS; step++) {
    const lr = lrs?.[step] ?? options.lr;
    ({ params, state } = rule.step({
      params: before(params, lr), state, grads: Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, toTensor(row(g, step))])),
      rates: (path) => ({ lr, weightDecay: decayOf(path), decayKind: 'decoupled' }),
    }));
    for (const [name, p] of Object.entries(params)) await expectFixture(`${name} after step ${step + 1}`, p, row(after[name] as FixtureArray, step), backend);
  }
}

onBackends((backend) => describe.each(cases.map((c) => [c.name, c] as const))('%s', (_, testCase) => {
  const shapes = Object.fromEntries(Object.entries(testCase.params).map(([name, { shape }]) => [name, shape]));
  const rules = decayRules(shapes, { decay: testCase.decay });

  test('one-dimensional parameters are left out', () => {
    expect(rules.filter(({ decay }) => decay !== 0).map(({ path }) => path)).toEqual(testCase.decays);
  });
  test('as a function before the step', async () => {
    await run(testCase, backend, () => 0, (params, lr) => decayWeights(params, { lr, decay: testCase.decay }));
  });
  test('as the rates of the step, which the plugin gives', async () => {
    await run(testCase, backend, (path) => Number(rules.find((rule) => rule.path === path)?.decay), (params) => params);
  });
}));
