/** ADASYN: more rows made where other classes are near. */
import { checkNumber, checkOptions, fail, type RngKey } from '@parsimony/core';
import { classSpace, othersAround } from './class-space';
import { type ClassDraw, neighboursOf, planOf } from './draw-rows';
import { smallClasses } from './sampling';
import type { SmoteOptions } from './smote';
import { applySynthesis, type Oversampled, type SynthesisPlan } from './synthesis';
import { checkTable, type Table } from './table';

/**
 * The rows that ADASYN makes, drawn from the key, as JSON. `applySynthesis` makes them.
 *
 * @throws as `adasyn`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawAdasyn } from '@parsimony/augment/tabular';
 * const table = { inputs: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), labels: [0, 0, 0, 0, 0, 1, 1, 1, 1], columns: 1 };
 * const { bases } = await drawAdasyn(random.key(1), table, { k: 1, sampling: { 1: 6 } });
 * [...bases]; // => [5, 5]
 * ```
 */
export async function drawAdasyn(key: RngKey, table: Table, options: SmoteOptions = {}): Promise<SynthesisPlan> {
  const where = 'adasyn';
  checkOptions(where, options, ['k', 'sampling']);
  const k = checkNumber(where, 'k', options.k ?? 5, { min: 1, integer: true });
  const checked = checkTable(where, table);
  const draws: ClassDraw[] = [];
  for (const { label, own, count } of smallClasses(where, checked, options.sampling, k)) {
    const space = classSpace(checked, label);
    const others = await othersAround(space, checked, label, k);
    if (others.every((n) => n === 0)) fail('data', `${where}: no row of class ${label} has one of another class among its ${k} nearest, so there is no place to prefer. Use \`smote\`, or a larger \`k\`.`);
    const shares = apportion(others, count);
    const bases = Array.from(own).flatMap((row, i) => new Array<number>(shares[i] as number).fill(row));
    draws.push({ label, bases, neighbours: await neighboursOf(space, bases, own, k) });
  }
  return planOf(key, checked, draws);
}

/** `count` in whole numbers in proportion to weights: rounded down, and the rest to the largest remainders, of equal ones the first. */
export function apportion(weights: Int32Array, count: number): Int32Array {
  const total = weights.reduce((a, b) => a + b, 0);
  const out = weights.map((w) => Math.floor(w * count / total));
  const byRemainder = Array.from(weights.keys()).sort((a, b) => ((weights[b] as number) * count) % total - ((weights[a] as number) * count) % total || a - b);
  const left = count - out.reduce((a, b) => a + b, 0);
  for (const i of byRemainder.slice(0, left)) out[i] = (out[i] as number) + 1;
  return out;
}

/**
 * SMOTE with as many rows from each row x of a class as others crowd it: in proportion to the share of other classes among the k nearest rows
 * of x. Numbers are rounded so that they make the sum; partners are, as in SMOTE, among the k nearest of the class. Columns as in `smote`.
 *
 * @throws data: as `smote`; no row near another class. option: an unknown option or one out of range.
 * @see He, Bai, Garcia and Li, "ADASYN: Adaptive Synthetic Sampling Approach for Imbalanced Learning" (2008). The paper rounds each number for
 * itself, and takes partners of the class among the nearest of all, where there may be none.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { adasyn } from '@parsimony/augment/tabular';
 * const table = { inputs: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), labels: [0, 0, 0, 0, 0, 1, 1, 1, 1], columns: 1 };
 * const { labels } = await adasyn(table, random.key(1), { k: 1 });
 * labels.length; // => 10
 * ```
 */
export async function adasyn(table: Table, key: RngKey, options: SmoteOptions = {}): Promise<Oversampled> {
  return applySynthesis(table, await drawAdasyn(key, table, options));
}
