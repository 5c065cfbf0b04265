import { arrayDataset, random, useBackend } from '@parsimony/core';
import { expectMoments } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { apportion } from './adasyn';
import { categoriesAround, medianDeviation, othersAround } from './class-space';
import { adasyn, applySynthesis, borderlineSmote, drawAdasyn, drawBorderlineSmote, drawSmote, smote, type ColumnKind, type SynthesisPlan, type Table } from './index';
import { valueDifferenceSpace } from './space';
import { checkTable } from './table';

beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });

const key = random.key(3);
/** 60 rows of class 0 about 0, 20 of class 1 about (1, 1, 1), 12 of class 2 about (-1, …). */
function threeClasses(): Table & { readonly inputs: Float32Array; readonly labels: number[] } {
  const labels = Array.from({ length: 92 }, (_, i) => (i < 60 ? 0 : i < 80 ? 1 : 2));
  const middle = [0, 1, -1];
  return { inputs: random.normal(key, 92 * 3).map((v, i) => v + (middle[labels[Math.floor(i / 3)] as number] as number)), labels, columns: 3 };
}
const table = threeClasses();
const at = (x: Float32Array, row: number, width: number): number[] => Array.from(x.subarray(row * width, (row + 1) * width));

/** The k nearest of the same class, by comparing all. */
function classNeighbours(row: number, k: number): number[] {
  const square = (j: number): number => [0, 1, 2].reduce((sum, c) => sum + ((table.inputs[3 * row + c] as number) - (table.inputs[3 * j + c] as number)) ** 2, 0);
  return table.labels.flatMap((label, j) => (j !== row && label === table.labels[row] ? [j] : [])).sort((a, b) => square(a) - square(b)).slice(0, k);
}
const count = (plan: SynthesisPlan, label: number): number => plan.labels.filter((l) => l === label).length;
/** Below what a right generator exceeds once in 300,000 seeds (4.5 standard deviations, by Wilson and Hilferty's cube root). */
function expectEqualShares(counts: readonly number[]): void {
  const [df, mean] = [counts.length - 1, counts.reduce((a, b) => a + b, 0) / counts.length];
  expect(counts.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0)).toBeLessThan(df * (1 - 2 / (9 * df) + 4.5 * Math.sqrt(2 / (9 * df))) ** 3);
}

describe('SMOTE', () => {
  test('rows lie on segments from a row of the class to one of its k nearest, at the share drawn', async () => {
    const plan = await drawSmote(key, table, { k: 4 });
    expect([count(plan, 0), count(plan, 1), count(plan, 2)]).toEqual([0, 40, 48]);
    const { inputs, labels, shape, numClasses } = applySynthesis(table, plan);
    expect([shape, numClasses, inputs.subarray(0, 92 * 3), Array.from(labels.subarray(0, 92))]).toEqual([[3], 3, table.inputs, table.labels]);
    plan.labels.forEach((label, n) => {
      const [base, partner, share] = [plan.bases[n] as number, plan.partners[n] as number, plan.shares[n] as number];
      expect(table.labels[base]).toBe(label);
      expect(labels[92 + n]).toBe(label);
      expect(classNeighbours(base, 4)).toContain(partner);
      at(inputs, 92 + n, 3).forEach((v, c) => {
        const [from, to] = [table.inputs[3 * base + c] as number, table.inputs[3 * partner + c] as number];
        expect(v).toBe(Math.fround(from + share * (to - from)));
      });
    });
  });

  test('shares are uniform, neighbours are, and every row is begun at as often as the others', async () => {
    const plan = await drawSmote(key, table, { sampling: { 1: 20 + 20 * 500 + 7 } });
    expectMoments(plan.shares, { mean: 1 / 2, variance: 1 / 12, kurtosis: 1.8 });
    const [ranks, bases] = [new Array<number>(5).fill(0), new Map<number, number>()];
    plan.bases.forEach((base, n) => {
      const rank = classNeighbours(base, 5).indexOf(plan.partners[n] as number);
      ranks[rank] = (ranks[rank] ?? 0) + 1;
      bases.set(base, (bases.get(base) ?? 0) + 1);
    });
    expectEqualShares(ranks);
    expect([bases.size, [...bases.values()].filter((n) => n === 501).length, [...bases.values()].filter((n) => n === 500).length]).toEqual([20, 7, 13]);
  });

  test('the same key gives the same plan, which survives JSON; the result is what arrayDataset takes', async () => {
    const plan = await drawSmote(key, table);
    expect(await drawSmote(key, table)).toEqual(plan);
    expect(await drawSmote(random.key(4), table)).not.toEqual(plan);
    const balanced = await smote(table, key);
    expect(applySynthesis(table, JSON.parse(JSON.stringify(plan)) as SynthesisPlan)).toEqual(balanced);
    expect(arrayDataset(balanced).size).toBe(180);
  });

  test.each([
    ['auto', [0, 40, 48]], ['minority', [0, 0, 48]], [0.5, [0, 10, 18]], [0.2, [0, 0, 0]], [{ 1: 25, 0: 61 }, [1, 5, 0]],
  ] as const)('sampling %j', async (sampling, expected) => {
    const plan = await drawSmote(key, table, { sampling });
    expect([0, 1, 2].map((label) => count(plan, label))).toEqual(expected);
  });

  test('a class without rows is left out; nothing to make makes nothing', async () => {
    const { inputs, labels, numClasses } = await smote({ ...table, numClasses: 5 }, key, { sampling: 0.2 });
    expect([inputs.length, labels.length, numClasses]).toEqual([276, 92, 5]);
  });
});

describe('mixed columns', () => {
  const kinds: ColumnKind[] = ['numeric', 'nominal', 'ordinal', 'nominal'];
  // Chawla et al., section 6.1: of F1 = 1 2 3 A B C, F2 = 4 6 5 A D E, F3 = 3 5 6 A B K, distance F1 to F2 is sqrt(9 + 16 + 4 + Med^2 + Med^2).
  test('the distance of the paper', () => {
    const paper = checkTable('t', { inputs: Float32Array.of(1, 2, 3, 0, 1, 2, 4, 6, 5, 0, 3, 4, 3, 5, 6, 0, 1, 5), labels: [0, 0, 0], columns: ['numeric', 'numeric', 'numeric', 'nominal', 'nominal', 'nominal'] });
    const deviation = (v: number[]): number => Math.sqrt(v.reduce((sum, x) => sum + (x - v.reduce((a, b) => a + b, 0) / 3) ** 2, 0) / 3);
    const median = [deviation([1, 4, 3]), deviation([2, 6, 5]), deviation([3, 5, 6])].sort((a, b) => a - b)[1] as number;
    expect(medianDeviation(paper, 0)).toBeCloseTo(median, 12);
  });

  test('the median of an even number is the mean of the middle two', () => {
    const t = checkTable('t', { inputs: Float32Array.of(0, 0, 0, 2, 6, 0), labels: [0, 0], columns: ['numeric', 'numeric', 'nominal'] });
    expect(medianDeviation(t, 0)).toBe((1 + 3) / 2);
  });

  test('categories by vote, numbers in order rounded, none invented', async () => {
    const inputs = random.uniform(key, 200 * 4).map((v, i) => [v, Math.floor(v * 4), Math.floor(v * 9) - 4, Math.floor(v * 30)][i % 4] as number);
    const mixed: Table = { inputs, labels: Array.from({ length: 200 }, (_, i) => (i < 150 ? 0 : 1)), columns: kinds };
    const plan = await drawSmote(key, mixed);
    const made = applySynthesis(mixed, plan);
    const checked = checkTable('t', mixed);
    plan.bases.forEach((base, n) => {
      const row = at(made.inputs, 200 + n, 4);
      expect([row[1], row[3]]).toEqual(plan.categories[n]);
      expect(Number.isInteger(row[2])).toBe(true);
      const [a, b] = [inputs[4 * base + 2] as number, inputs[4 * (plan.partners[n] as number) + 2] as number];
      expect(row[2]).toBe(Math.round(a + (plan.shares[n] as number) * (b - a)));
      expect(checked.byClass[1]?.some((other) => inputs[4 * other + 1] === row[1])).toBe(true);
    });
  });

  test('the vote: most of the neighbours, of equals the nearest; of categories alone the row too', () => {
    const t = checkTable('t', { inputs: Float32Array.of(0, 9, 0, 1, 0, 2, 0, 2, 0, 1, 0, 3), labels: new Int32Array(6), columns: ['numeric', 'nominal'] });
    expect(categoriesAround(t, 0, Int32Array.of(1, 2, 3))).toEqual([2]);
    expect(categoriesAround(t, 0, Int32Array.of(1, 2, 3, 4, 5))).toEqual([1]);
    expect(categoriesAround(t, 0, Int32Array.of(5, 2))).toEqual([3]);
    const nominal = checkTable('t', { inputs: Float32Array.of(7, 1, 2, 2), labels: new Int32Array(4), columns: ['nominal'] });
    expect(categoriesAround(nominal, 0, Int32Array.of(1, 2))).toEqual([7]);
    expect(categoriesAround(nominal, 0, Int32Array.of(1, 2, 3))).toEqual([2]);
  });

  test('categories alone: the value difference metric, SMOTE-N', async () => {
    // Of value 0: 2 of 3 in class 1; of value 1: 1 of 3. So delta(0, 1) = |1/3 - 2/3| + |2/3 - 1/3| = 2/3.
    const t = { inputs: Float32Array.of(0, 0, 0, 1, 1, 1), labels: [1, 1, 0, 1, 0, 0], columns: ['nominal'] as const };
    expect(valueDifferenceSpace(checkTable('t', t), 1).distance(0, 3)).toBeCloseTo(4 / 9, 12);
    const many = { inputs: Float32Array.from({ length: 80 }, (_, i) => (i * i) % 5), labels: Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : 0)), columns: ['nominal', 'nominal'] as const };
    const { inputs, labels } = await smote(many, key, { k: 3 });
    expect(labels.filter((label) => label === 1)).toHaveLength(30);
    const seen = [0, 1].map((c) => new Set(Array.from({ length: 40 }, (_, i) => many.inputs[2 * i + c])));
    for (let i = 80; i < inputs.length; i++) expect(seen[i % 2]?.has(inputs[i])).toBe(true);
  });
});

/** Class 1 at 0, 1, … 4 (safe, of the two nearest none is of another class), 5.5 (in danger: nearest are 6 and 4), 20.5 (noise: 20 and 21). */
const line: Table = { inputs: Float32Array.of(0, 1, 2, 3, 4, 5.5, 20.5, 6, 7.2, 8, 9, 20, 21, 22), labels: [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], columns: 1 };

describe('Borderline-SMOTE', () => {
  test('begins at rows in danger alone', async () => {
    const others = await othersAround(valueSpace(), checkTable('t', line), 1, 2);
    expect(Array.from(others)).toEqual([0, 0, 0, 0, 0, 1, 2]);
    const plan = await drawBorderlineSmote(key, line, { k: 2, m: 2, sampling: { 1: 207 } });
    expect(new Set(plan.bases)).toEqual(new Set([5]));
    expect(new Set(plan.partners)).toEqual(new Set([4, 3]));
    expectMoments(plan.shares, { mean: 1 / 2, variance: 1 / 12, kurtosis: 1.8, z: 4 });
  });

  test("'borderline-2' goes halfway at most towards the nearest row of another class, which is one of k + 1 candidates", async () => {
    const plan = await drawBorderlineSmote(key, line, { k: 2, m: 2, kind: 'borderline-2', sampling: { 1: 6007 } });
    const outward = plan.partners.flatMap((row, n) => (row === 7 ? [plan.shares[n] as number] : []));
    expectEqualShares([outward.length, (plan.partners.length - outward.length) / 2, (plan.partners.length - outward.length) / 2]);
    expectMoments(outward, { mean: 1 / 4, variance: 1 / 48, kurtosis: 1.8 });
    expect(Math.max(...outward)).toBeLessThan(0.5);
    expect(new Set(applySynthesis(line, plan).labels.subarray(14))).toEqual(new Set([1]));
  });

  test('says where there is no danger', async () => {
    const apart: Table = { inputs: Float32Array.of(0, 1, 2, 3, 50, 51, 52, 53, 54), labels: [1, 1, 1, 1, 0, 0, 0, 0, 0], columns: 1 };
    await expect(borderlineSmote(apart, key, { k: 2, m: 2 })).rejects.toThrow('borderlineSmote: no row of class 1 is in danger: of 4, 4 have fewer than 1 rows of other classes among their 2 nearest, and 0 have nothing else. Use `smote`, or another `m`.');
    await expect(borderlineSmote(apart, key, { k: 2 })).rejects.toThrow('borderlineSmote: 10 neighbours of any class take at least 11 rows, received 9. Lower `m`.');
  });
});

function valueSpace() {
  return { rows: 14, width: 1, scale: 1 / 400, features: (line.inputs).map((v) => v / 20), distance: (i: number, j: number) => ((line.inputs[i] as number) - (line.inputs[j] as number)) ** 2 };
}

describe('ADASYN', () => {
  test('makes rows in proportion to the others around', async () => {
    // Of k = 2: others 0 0 0 0 0 1 2, so of 8 rows 8/3 and 16/3: 2 and 5, and one more where most was cut off.
    const plan = await drawAdasyn(key, line, { k: 2, sampling: { 1: 15 } });
    expect(plan.bases).toEqual([5, 5, 5, 6, 6, 6, 6, 6]);
    expect(plan.partners.every((row) => line.labels[row] === 1)).toBe(true);
    expect((await adasyn(line, key, { k: 2, sampling: { 1: 15 } })).labels).toHaveLength(22);
  });

  test('numbers in proportion make the sum', () => {
    expect(Array.from(apportion(Int32Array.of(1, 1, 1), 4))).toEqual([2, 1, 1]);
    expect(Array.from(apportion(Int32Array.of(0, 3, 7), 5))).toEqual([0, 2, 3]);
    expect(Array.from(apportion(Int32Array.of(5, 0), 0))).toEqual([0, 0]);
  });

  test('says where others are far', async () => {
    const apart: Table = { inputs: Float32Array.of(0, 1, 2, 50, 51, 52, 53, 54), labels: [1, 1, 1, 0, 0, 0, 0, 0], columns: 1 };
    await expect(adasyn(apart, key, { k: 2 })).rejects.toThrow('adasyn: no row of class 1 has one of another class among its 2 nearest');
  });
});

describe('bad input', () => {
  const small = { inputs: Float32Array.of(1, 2, 3, 4, 5, 6), labels: [0, 0, 1], columns: 2 };
  test.each<[string, unknown, unknown, string]>([
    ['too few rows of a class', small, { k: 1 }, 'smote: class 1 has 1 row; 1 neighbour takes at least 2. Leave the class out of `sampling`.'],
    ['too few for k', { ...table, labels: table.labels.map((label, i) => (i > 87 ? 3 : label)) }, {}, 'smote: class 3 has 4 rows; 5 neighbours take at least 6. Lower `k` to 3, or leave the class out of `sampling`.'],
    ['NaN', { ...small, inputs: Float32Array.of(1, 2, NaN, 4, 5, 6) }, {}, 'smote: `inputs` must be finite, received NaN in row 1, column 0. Remove such rows or fill the gaps.'],
    ['infinity', { ...small, inputs: Float32Array.of(1, 2, 3, 4, 5, -Infinity) }, {}, 'received -Infinity in row 2, column 1.'],
    ['part of a row', { ...small, inputs: new Float32Array(5) }, {}, '`inputs` must hold one or more rows of 2 columns, received 5 numbers.'],
    ['no rows', { ...small, inputs: new Float32Array(0), labels: [] }, {}, 'received 0 numbers'],
    ['other inputs', { ...small, inputs: [1, 2] }, {}, '`inputs` must be a Float32Array, received [1,2].'],
    ['too few labels', { ...small, labels: [0, 1] }, {}, '`labels` must have one for each of 3 rows, received 2.'],
    ['labels that are none', { ...small, labels: [0, 1, 0.5] }, {}, 'label 0.5 of row 2 must be a whole number from 0.'],
    ['a label past numClasses', { ...small, numClasses: 1 }, {}, 'label 1 of row 2 must be a whole number in [0, 1).'],
    ['other labels', { ...small, labels: 'ab' }, {}, '`labels` must be an array, a Uint8Array or an Int32Array, received "ab".'],
    ['columns', { ...small, columns: ['numeric', 'text'] }, {}, "`columns[1]` must be one of 'numeric', 'ordinal', 'nominal', received \"text\"."],
    ['no columns', { ...small, columns: [] }, {}, '`columns` must be the number of columns or a list of their kinds, received [].'],
    ['a part of a category', { ...small, columns: ['numeric', 'nominal'], inputs: Float32Array.of(1, 2, 3, 4.5, 5, 6) }, {}, 'a nominal column holds whole numbers from 0, one a category, received 4.5 in row 1, column 1.'],
    ['a part of a rank', { ...small, columns: ['ordinal', 'numeric'], inputs: Float32Array.of(1, 2, 3.5, 4, 5, 6) }, {}, 'an ordinal column holds whole numbers, received 3.5 in row 1, column 0.'],
    ['an unknown class', table, { sampling: { 7: 100 } }, '`sampling` names class 7, of which there is no row. Classes with rows: 0, 1, 2.'],
    ['fewer rows than there are', table, { sampling: { 1: 10 } }, '`sampling[1]` must be a whole number of at least the 20 rows that the class has, received 10. Rows are made, none are taken away.'],
    ['another sampling', table, { sampling: 'all' }, "`sampling` must be 'auto', 'minority', a share in (0, 1] or a number of rows for each class, received \"all\"."],
    ['a share', table, { sampling: 1.5 }, 'received 1.5.'],
    ['k', table, { k: 0 }, 'smote: `k` must be a whole number in [1, inf), received 0.'],
    ['an unknown option', table, { neighbours: 3 }, 'unknown option `neighbours`.'],
    ['an unknown field', { ...table, input: 1 }, {}, 'unknown field `input`. Did you mean `inputs`?'],
  ])('%s', async (_, given, options, message) => {
    await expect(smote(given as Table, key, options as object)).rejects.toThrow(message);
  });

  test('plans for another table', () => {
    const plan = { rows: 3, labels: [1], bases: [2], partners: [1], shares: [0.5], categories: [] };
    expect(applySynthesis(small, plan).inputs.subarray(6)).toEqual(Float32Array.of(4, 5));
    expect(() => applySynthesis(table, plan)).toThrow('applySynthesis: the plan was drawn for a table of 3 rows, received one of 92.');
    expect(() => applySynthesis(small, { ...plan, bases: [] })).toThrow('the plan has 1 labels, and 0, 1, 1 bases, partners, shares and categories.');
    expect(() => applySynthesis(small, { ...plan, partners: [3] })).toThrow('`partners[0]` must be a whole number in [0, 3), received 3.');
    expect(() => applySynthesis(small, { ...plan, labels: [2] })).toThrow('`labels[0]` must be a whole number in [0, 2), received 2.');
    expect(() => applySynthesis({ ...small, columns: 1e9 }, plan)).toThrow('`columns` must be a whole number in [1, 16777216], received 1000000000.');
    expect(() => applySynthesis({ ...small, columns: ['numeric', 'nominal'] }, { ...plan, categories: [[]] })).toThrow('`categories[0]` must have one for each of 1 nominal columns.');
    expect(() => applySynthesis(small, { ...plan, extra: 1 } as never)).toThrow('unknown field `extra`');
  });
});
