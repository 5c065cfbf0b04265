/** DropPath's rule against torchvision's stochastic_depth, under the masks that it drew; the cases are made by tooling/reference. */
import { grad, ops, type Tensor } from '@parsimony/core';
import { applyMask } from '@parsimony/dropout';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly p: number;
  readonly mode: 'row' | 'batch';
  readonly x: FixtureArray;
  /** Of each row; the same for all where the mode is 'batch'. */
  readonly kept: FixtureArray;
  readonly output: FixtureArray;
  readonly cotangent: FixtureArray;
  readonly grad: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../fixtures/stochastic-depth.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { p, mode, x, kept, output, cotangent, grad: expected }) => {
    const keptRows = Array.from(kept.data);
    expect(new Set(keptRows).size, 'rows differ by row only').toBe(mode === 'row' ? 2 : 1);
    const mask = toTensor({ data: kept.data, dtype: 'bool', shape: [keptRows.length, ...x.shape.slice(1).map(() => 1)] });
    const drop = (input: Tensor): Tensor => applyMask(input, mask, { p });
    await expectFixture('output', drop(toTensor(x)), output, backend);
    const weight = toTensor(cotangent);
    await expectFixture('gradient', grad((input: Tensor) => ops.sum(ops.mul(drop(input), weight)))(toTensor(x)), expected, backend);
  });
});
