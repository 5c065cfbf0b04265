/** Nearest rows against torch.cdist and topk; the cases are made by tooling/reference. */
import { fixture, type FixtureArray } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { onBackends } from '../../../../tooling/reference/check/backends';
import { classSpace, medianDeviation } from './class-space';
import { nearestRows } from './nearest';
import { checkTable, type ColumnKind } from './table';

interface Case {
  readonly name: string;
  readonly inputs: FixtureArray;
  readonly k: number;
  readonly kinds?: readonly ColumnKind[];
  readonly penalty?: number;
  readonly rows: FixtureArray;
  readonly squares: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../../fixtures/neighbours.json', import.meta.url));

onBackends(() => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { inputs, k, kinds, penalty, rows, squares }) => {
    const [n = 0, width = 0] = inputs.shape;
    const table = checkTable('test', { inputs: Float32Array.from(inputs.data), labels: new Int32Array(n), columns: kinds ?? width });
    if (penalty !== undefined) expect(medianDeviation(table, 0)).toBeCloseTo(penalty, 12);
    const space = classSpace(table, 0);
    const all = Int32Array.from({ length: n }, (__, i) => i);
    const found = await nearestRows(space, all, all, k);
    expect(Array.from(found)).toEqual(Array.from(rows.data));
    found.forEach((row, i) => {
      const expected = squares.data[i] as number;
      expect(Math.abs(space.distance(Math.floor(i / k), row) - expected)).toBeLessThanOrEqual(1e-12 * expected);
    });
  });
});
