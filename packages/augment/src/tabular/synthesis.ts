/** Rows made between rows: the plan that every oversampling technique draws, and the one function that applies it. */
import { checkNumber, checkOptions, fail } from '@parsimony/core';
import { checkTable, type Table } from './table';

/** What was drawn: JSON, so that it can be replayed. One entry a row to be made. */
export type SynthesisPlan = {
  /** Rows of the table that it was drawn for. */
  readonly rows: number;
  /** Class of the row. */
  readonly labels: readonly number[];
  /** The row that it begins at, and that towards which it lies. */
  readonly bases: readonly number[];
  readonly partners: readonly number[];
  /** How far, in [0, 1). */
  readonly shares: readonly number[];
  /** The categories of its nominal columns, in order of columns; empty where there is none. */
  readonly categories: readonly (readonly number[])[];
};

/** A table with rows more, as `arrayDataset` takes it. */
export interface Oversampled {
  /** The rows given, then those made. */
  readonly inputs: Float32Array;
  /** Of one row: [D]. */
  readonly shape: readonly [number];
  readonly labels: Int32Array;
  readonly numClasses: number;
}

/**
 * The table with the rows of a plan behind its own: x = base + share (partner - base) in numeric columns, the same rounded in ordinal
 * ones, and the plan's categories in nominal ones.
 *
 * @throws data: a plan for another table. And as `checkTable` says of tables.
 * @example
 * ```ts
 * import { applySynthesis } from '@parsimony/augment/tabular';
 * const table = { inputs: Float32Array.of(0, 0, 4, 8), labels: [1, 1], columns: 2 };
 * const plan = { rows: 2, labels: [1], bases: [0], partners: [1], shares: [0.25], categories: [] };
 * Array.from(applySynthesis(table, plan).inputs); // => [0, 0, 4, 8, 1, 2]
 * ```
 */
export function applySynthesis(table: Table, plan: SynthesisPlan): Oversampled {
  const where = 'applySynthesis';
  const { inputs, labels, kinds, numClasses, rows, width } = checkTable(where, table);
  checkOptions(where, plan, ['rows', 'labels', 'bases', 'partners', 'shares', 'categories'], 'field');
  if (plan.rows !== rows) fail('data', `${where}: the plan was drawn for a table of ${plan.rows} rows, received one of ${rows}.`);
  const made = plan.labels.length;
  const nominal = kinds.flatMap((kind, c) => (kind === 'nominal' ? [c] : []));
  const lengths = [plan.bases, plan.partners, plan.shares, ...(nominal.length > 0 ? [plan.categories] : [])].map(({ length }) => length);
  if (lengths.some((length) => length !== made)) fail('data', `${where}: the plan has ${made} labels, and ${lengths.join(', ')} bases, partners, shares and categories.`);
  const out = new Float32Array((rows + made) * width);
  out.set(inputs);
  const row = (name: string, i: number): number => checkNumber(where, name, i, { min: 0, max: rows, maxExclusive: true, integer: true }) * width;
  for (let n = 0; n < made; n++) {
    const [base, partner] = [row(`bases[${n}]`, plan.bases[n] as number), row(`partners[${n}]`, plan.partners[n] as number)];
    const share = plan.shares[n] as number;
    const at = (rows + n) * width;
    kinds.forEach((kind, c) => {
      if (kind === 'nominal') return;
      const from = inputs[base + c] as number;
      const between = from + share * ((inputs[partner + c] as number) - from);
      out[at + c] = kind === 'ordinal' ? Math.round(between) : between;
    });
    nominal.forEach((c, i) => { out[at + c] = plan.categories[n]?.[i] ?? fail('data', `${where}: \`categories[${n}]\` must have one for each of ${nominal.length} nominal columns.`); });
  }
  const all = new Int32Array(rows + made);
  all.set(labels);
  plan.labels.forEach((label, n) => { all[rows + n] = checkNumber(where, `labels[${n}]`, label, { min: 0, max: numClasses, maxExclusive: true, integer: true }); });
  return { inputs: out, shape: [width], labels: all, numClasses };
}
