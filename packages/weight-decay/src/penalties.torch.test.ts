/** L2 and L1 against PyTorch's gradients of them, maxNorm against `renorm`, the proximal step against `softshrink`; made by tooling/reference. */
import { keep, ops, optim, type Params, type Tensor, valueAndGrad } from '@parsimony/core';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { l1Penalty, l2Penalty, limitNorms, renorm, shrinkWeights, softThreshold } from '@parsimony/weight-decay';
import { describe, expect, test } from 'vitest';
import { mapValues, row } from '../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface PenaltyCase {
  readonly name: string;
  readonly kind: 'l1' | 'l2';
  readonly lambda: number;
  readonly optimizer: 'sgd' | 'adam';
  readonly options: { readonly lr: number };
  readonly params: Readonly<Record<string, FixtureArray>>;
  /** [20, …]: of the loss, at every step. */
  readonly grads: Readonly<Record<string, FixtureArray>>;
  /** [20, …]: the parameters after every step. */
  readonly after: Readonly<Record<string, FixtureArray>>;
}

interface ProjectionCase {
  readonly name: string;
  readonly kind: 'renorm' | 'softshrink';
  readonly options: { readonly max: number; readonly axis: number; readonly threshold: number };
  readonly x: FixtureArray;
  readonly y: FixtureArray;
}

const penalties = await fixture<PenaltyCase>(new URL('../fixtures/penalties.json', import.meta.url));
const projections = await fixture<ProjectionCase>(new URL('../fixtures/projections.json', import.meta.url));

onBackends((backend) => {
  describe('penalties', () => {
    test.each(penalties.cases.map((c) => [c.name, c] as const))('%s', async (_, { kind, lambda, optimizer, options, params: start, grads, after }) => {
      const rule = optim[optimizer](options);
      const penaltyOf = kind === 'l1' ? l1Penalty : l2Penalty;
      let params: Params = mapValues(start, (array) => keep(toTensor(array)));
      let state = rule.init(params);
      for (let step = 0; step < 20; step++) {
        const own = valueAndGrad((p: Params) => penaltyOf(p, { lambda }))(params).grads;
        const both = Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.add(toTensor(row(g, step)), own[path] as Tensor)]));
        ({ params, state } = rule.step({ params, state, grads: both }));
        for (const [path, p] of Object.entries(params)) await expectFixture(`${path} after step ${step + 1}`, p, row(after[path] as FixtureArray, step), backend);
      }
    });
  });

  describe('projections', () => {
    test.each(projections.cases.map((c) => [c.name, c] as const))('%s', async (_, { kind, options, x, y }) => {
      const w = toTensor(x);
      if (kind === 'renorm') {
        const { max, axis } = options;
        await expectFixture('y', renorm(w, { max, axis }), y, backend);
        await expectFixture('y by name', limitNorms({ w }, { max, axis })['w'] as Tensor, y, backend);
        return;
      }
      await expectFixture('y', softThreshold(w, options.threshold), y, backend);
      const shrunk = shrinkWeights({ w }, { lr: 0.5, lambda: 2 * options.threshold });
      await expectFixture('y by name', shrunk['w'] as Tensor, y, backend);
      const [zeros, expected] = [await shrunk['w']?.data(), y.data].map((values) => Array.from(values ?? [], (v) => v === 0));
      expect(zeros).toEqual(expected);
    });
  });
});
