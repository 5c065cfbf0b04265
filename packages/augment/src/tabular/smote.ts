/** SMOTE, SMOTE-NC and SMOTE-N: rows of small classes made between their neighbours. */
import { checkNumber, checkOptions, random, type RngKey } from '@parsimony/core';
import { classSpace } from './class-space';
import { type ClassDraw, inTurn, neighboursOf, planOf } from './draw-rows';
import { type Sampling, smallClasses } from './sampling';
import { applySynthesis, type Oversampled, type SynthesisPlan } from './synthesis';
import { checkTable, type Table } from './table';

export interface SmoteOptions {
  /** Neighbours of its class between which and a row new ones lie; 1 or more. Default 5. */
  readonly k?: number;
  /** How many rows each class is to have: `'auto'`, `'minority'`, a share of the largest class, or a number for each class. Default `'auto'`. */
  readonly sampling?: Sampling;
}

/**
 * The rows that SMOTE makes, drawn from the key, as JSON. `applySynthesis` makes them.
 *
 * @throws as `smote`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawSmote } from '@parsimony/augment/tabular';
 * const table = { inputs: Float32Array.of(0, 1, 2, 9, 8), labels: [0, 0, 0, 1, 1], columns: 1 };
 * const { labels, bases, partners } = await drawSmote(random.key(1), table, { k: 1 });
 * [labels.length, bases[0] !== partners[0]]; // => [1, true]
 * ```
 */
export async function drawSmote(key: RngKey, table: Table, options: SmoteOptions = {}): Promise<SynthesisPlan> {
  const where = 'smote';
  checkOptions(where, options, ['k', 'sampling']);
  const k = checkNumber(where, 'k', options.k ?? 5, { min: 1, integer: true });
  const checked = checkTable(where, table);
  const draws: ClassDraw[] = [];
  for (const { label, own, count } of smallClasses(where, checked, options.sampling, k)) {
    const bases = inTurn(random.foldIn(key, `bases ${label}`), own, count);
    draws.push({ label, bases, neighbours: await neighboursOf(classSpace(checked, label), bases, own, k) });
  }
  return planOf(key, checked, draws);
}

/**
 * A table with rows made of its small classes: x_new = x + u (x' - x), with x' one of the k nearest rows of x's class and u uniform in [0, 1).
 * Every row of a class is begun at as often as the others, give or take one. Ordinal columns are rounded. With nominal columns it is
 * SMOTE-NC: in the distance each that differs counts the median of the standard deviations of the numbers in the class, and a new row takes what
 * most of the k neighbours have. With nominal columns alone it is SMOTE-N: the value difference metric of the class against the rest (k = 1, r = 2),
 * and a vote of the row and its neighbours; ties go to the nearest.
 *
 * Distances are taken of columns as they are: bring them to one scale first. Make rows of the training set alone, never of what is
 * validated or tested on. What comes back is what `arrayDataset` takes.
 *
 * @throws data: lengths that do not agree, labels that are no classes, numbers that are not finite, a class of fewer than k + 1 rows.
 * option: an unknown option or one out of range, a class that is not there.
 * @see Chawla, Bowyer, Hall and Kegelmeyer, "SMOTE: Synthetic Minority Over-sampling Technique", arXiv:1106.1813; sections 6.1 and 6.2 for nominal columns.
 * @example
 * ```ts
 * import { arrayDataset, random } from '@parsimony/core';
 * import { smote } from '@parsimony/augment/tabular';
 * const inputs = Float32Array.of(1, 1, 2, 2, 3, 1, 2, 0, 3, 3, 9, 9, 8, 8);
 * const table = { inputs, labels: [0, 0, 0, 0, 0, 1, 1], columns: 2 };
 * const balanced = await smote(table, random.key(1), { k: 1 });
 * Array.from(balanced.labels); // => [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
 * balanced.inputs.subarray(14).every((v) => v >= 8 && v <= 9); // => true
 * arrayDataset(balanced).size; // => 10
 * smote(table, random.key(1)); // throws smote: class 1 has 2 rows; 5 neighbours take at least 6. Lower `k` to 1
 * ```
 */
export async function smote(table: Table, key: RngKey, options: SmoteOptions = {}): Promise<Oversampled> {
  return applySynthesis(table, await drawSmote(key, table, options));
}
