/** Borderline-SMOTE: rows made of those alone that other classes crowd. */
import { checkChoice, checkNumber, checkOptions, fail, random, type RngKey } from '@parsimony/core';
import { classSpace, othersAround } from './class-space';
import { type ClassDraw, inTurn, neighboursOf, planOf } from './draw-rows';
import { type SmallClass, smallClasses } from './sampling';
import type { SmoteOptions } from './smote';
import { applySynthesis, type Oversampled, type SynthesisPlan } from './synthesis';
import { type CheckedTable, checkTable, type Table } from './table';

export interface BorderlineSmoteOptions extends SmoteOptions {
  /** Neighbours of any class by which a row in danger is told; 1 or more. Default 10. */
  readonly m?: number;
  /** `'borderline-1'`: towards rows of the class. `'borderline-2'`: also halfway at most towards the nearest row of another. Default `'borderline-1'`. */
  readonly kind?: 'borderline-1' | 'borderline-2';
}

/**
 * The rows that Borderline-SMOTE makes, drawn from the key, as JSON. `applySynthesis` makes them.
 *
 * @throws as `borderlineSmote`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawBorderlineSmote } from '@parsimony/augment/tabular';
 * const table = { inputs: Float32Array.of(0, 1, 2, 3, 3.6, 4, 5, 6, 7), labels: [0, 0, 0, 0, 1, 0, 1, 1, 1], columns: 1 };
 * const { bases } = await drawBorderlineSmote(random.key(1), table, { k: 2, m: 2, sampling: { 1: 6 } });
 * [...bases]; // => [6, 6]
 * ```
 */
export async function drawBorderlineSmote(key: RngKey, table: Table, options: BorderlineSmoteOptions = {}): Promise<SynthesisPlan> {
  const where = 'borderlineSmote';
  checkOptions(where, options, ['k', 'm', 'kind', 'sampling']);
  const k = checkNumber(where, 'k', options.k ?? 5, { min: 1, integer: true });
  const m = checkNumber(where, 'm', options.m ?? 10, { min: 1, integer: true });
  const kind = checkChoice(where, 'kind', options.kind ?? 'borderline-1', ['borderline-1', 'borderline-2']);
  const checked = checkTable(where, table);
  if (checked.rows <= m) fail('data', `${where}: ${m} neighbours of any class take at least ${m + 1} rows, received ${checked.rows}. Lower \`m\`.`);
  const draws: ClassDraw[] = [];
  for (const one of smallClasses(where, checked, options.sampling, k)) draws.push(await drawClass(key, checked, one, { k, m, outward: kind === 'borderline-2' }));
  return planOf(key, checked, draws);
}

async function drawClass(key: RngKey, table: CheckedTable, { label, own, count }: SmallClass, { k, m, outward }: { readonly k: number; readonly m: number; readonly outward: boolean }): Promise<ClassDraw> {
  const space = classSpace(table, label);
  const others = await othersAround(space, table, label, m);
  const danger = own.filter((_, i) => (others[i] as number) < m && 2 * (others[i] as number) >= m);
  if (danger.length === 0) {
    const noise = others.filter((n) => n === m).length;
    fail('data', `borderlineSmote: no row of class ${label} is in danger: of ${own.length}, ${own.length - noise} have fewer than ${m / 2} rows of other classes among their ${m} nearest, and ${noise} have nothing else. Use \`smote\`, or another \`m\`.`);
  }
  const neighbours = await neighboursOf(space, danger, own, k);
  const bases = inTurn(random.foldIn(key, `bases ${label}`), danger, count);
  if (!outward) return { label, bases, neighbours };
  const strangers = await neighboursOf(space, danger, Int32Array.from(table.labels.keys()).filter((row) => table.labels[row] !== label), 1);
  return { label, bases, neighbours, stranger: (base) => strangers(base)[0] };
}

/**
 * SMOTE from rows in danger: those of which at least half, but not all, of the m nearest rows are of other classes. Rows whose m nearest are
 * all of others count as noise. `'borderline-2'` has one candidate more than the k neighbours of the class, the nearest row of another, towards
 * which u is uniform in [0, 0.5). Columns as in `smote`.
 *
 * @throws data: as `smote`; no row in danger. option: an unknown option or one out of range.
 * @see Han, Wang and Mao, "Borderline-SMOTE: A New Over-Sampling Method in Imbalanced Data Sets Learning" (2005). Any class but the row's own stands for its majority class.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { borderlineSmote } from '@parsimony/augment/tabular';
 * const table = { inputs: Float32Array.of(0, 1, 2, 3, 3.6, 4, 5, 6, 7), labels: [0, 0, 0, 0, 1, 0, 1, 1, 1], columns: 1 };
 * const { inputs } = await borderlineSmote(table, random.key(1), { k: 2, m: 2, sampling: { 1: 6 } });
 * inputs.length; // => 11
 * ```
 */
export async function borderlineSmote(table: Table, key: RngKey, options: BorderlineSmoteOptions = {}): Promise<Oversampled> {
  return applySynthesis(table, await drawBorderlineSmote(key, table, options));
}
