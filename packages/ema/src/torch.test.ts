/** The average against PyTorch's AveragedModel, twenty updates; the cases are made by tooling/reference. */
import { keep, type Tensor, type Weights } from '@parsimony/core';
import { emaDecay, updateAverage } from '@parsimony/ema';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { row } from '../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  /** null: all weights seen count the same. */
  readonly decay: number | null;
  /** [21, …] by path: those at 0 are what the average starts from. */
  readonly values: Readonly<Record<string, FixtureArray>>;
  /** [21, …] by path: the average after each. */
  readonly averages: Readonly<Record<string, FixtureArray>>;
}

const { cases } = await fixture<Case>(new URL('../fixtures/averages.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { decay, values, averages }) => {
    const at = (i: number): Weights => {
      const tensors = Object.entries(values).map(([path, array]) => [path, keep(toTensor(row(array, i)))] as const);
      return {
        params: Object.fromEntries(tensors.filter(([path]) => path !== 'mean')),
        buffers: Object.fromEntries(tensors.filter(([path]) => path === 'mean')),
      };
    };
    let average = at(0);
    const updates = (values['w']?.shape[0] ?? 0) - 1;
    expect(updates).toBe(20);
    for (let update = 1; update <= updates; update++) {
      // Equal weights are the warm-up 1 - 1 / (1 + s) without end.
      const share = decay ?? emaDecay(update, { decay: 1, warmup: { inverseGamma: 1, power: 1 } });
      average = updateAverage(average, at(update), { decay: share });
      for (const [path, expected] of Object.entries(averages)) {
        await expectFixture(`${path} after update ${update}`, (average.params[path] ?? average.buffers[path]) as Tensor, row(expected, update), backend);
      }
    }
  });
});
