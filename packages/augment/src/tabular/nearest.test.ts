import { random, useBackend } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { nearestRows } from './nearest';
import { mixedSpace, type Space, valueDifferenceSpace } from './space';
import { checkTable, type ColumnKind, type Table } from './table';

const key = random.key(11);
const range = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
const numeric = (rows: number, width: number, make: (v: number, i: number) => number = (v) => v): Table => ({
  inputs: random.normal(key, rows * width).map(make), labels: new Int32Array(rows), columns: width,
});
const mixed = (rows: number, categories: number): Table => ({
  inputs: random.uniform(key, rows * 4).map((v, i) => [v, Math.floor(v * 5), Math.floor(v * categories), Math.floor(v * 3)][i % 4] as number),
  columns: ['numeric', 'ordinal', 'nominal', 'nominal'] satisfies ColumnKind[], labels: Array.from({ length: rows }, (_, i) => i % 2),
});

/** Every distance, sorted by distance and then by row. */
function bruteForce(space: Space, queries: Int32Array, references: Int32Array, k: number): number[] {
  return Array.from(queries).flatMap((q) => {
    const sorted = Array.from(references).filter((r) => r !== q).map((r) => ({ r, d: space.distance(q, r) })).sort((a, b) => a.d - b.d || a.r - b.r).slice(0, k).map(({ r }) => r);
    return [...sorted, ...new Array<number>(k - sorted.length).fill(-1)];
  });
}

const cases: [string, () => Space][] = [
  ['normal in 20 columns', () => mixedSpace(checkTable('t', numeric(1500, 20)), 0)],
  ['normal in 2 columns', () => mixedSpace(checkTable('t', numeric(1500, 2)), 0)],
  ['in one column, with many ties', () => mixedSpace(checkTable('t', numeric(1200, 1, (v) => Math.round(4 * v))), 0)],
  ['all the same', () => mixedSpace(checkTable('t', numeric(700, 3, () => 7))  , 0)],
  ['far from 0, where float32 products say little', () => mixedSpace(checkTable('t', numeric(900, 5, (v, i) => (i % 5 === 0 ? 1e6 * Math.fround(v) : v))), 0)],
  ['a shift of 1e4', () => mixedSpace(checkTable('t', numeric(900, 5, (v) => v + 1e4)), 0)],
  ['very large and very small numbers', () => mixedSpace(checkTable('t', numeric(600, 3, (v, i) => v * ([1e38, 1e-30, 1][i % 3] as number) / 10)), 0)],
  ['categories', () => mixedSpace(checkTable('t', mixed(1300, 4)), 0.7)],
  ['more categories than features', () => mixedSpace(checkTable('t', mixed(1300, 90)), 0.7)],
  ['categories alone, by value difference', () => valueDifferenceSpace(checkTable('t', { ...mixed(1100, 30), columns: ['nominal', 'nominal', 'nominal', 'nominal'], inputs: mixed(1100, 30).inputs.map(Math.floor) }), 1)],
];

describe.each(techniqueBackends)('nearestRows on %s', (backend) => {
  test.each(cases)('is what comparing every pair gives, ties too: %s', async (_, make) => {
    await useBackend(backend);
    const space = make();
    // The slower executors on fewer rows.
    const rows = backend === 'wasm' ? space.rows : 200;
    const [all, some] = [range(rows), range(rows).filter((i) => i % 7 === 0)];
    for (const [queries, references, k] of [[all, all, 5], [some, all.filter((i) => i % 3 !== 0), 1], [all.filter((i) => i % 7 !== 0), some, 8]] as const) {
      expect(Array.from(await nearestRows(space, queries, references, k))).toEqual(bruteForce(space, queries, references, k));
    }
  });
});

test('fewer rows than k', async () => {
  await useBackend('wasm', { threads: 1 });
  const space = mixedSpace(checkTable('t', numeric(4, 2)), 0);
  expect(Array.from(await nearestRows(space, Int32Array.of(1), Int32Array.of(1, 3), 3))).toEqual([3, -1, -1]);
  expect(await nearestRows(space, new Int32Array(0), range(4), 3)).toHaveLength(0);
});
