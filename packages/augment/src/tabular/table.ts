/** A table and what its columns hold, checked once. */
import { checkNumber, checkOptions, fail, show } from '@parsimony/core';

/**
 * `'numeric'`: any number. `'ordinal'`: whole numbers in an order, such as ranks and counts; made numbers are rounded. `'nominal'`: a
 * whole number, 0 or more, for each category, without an order.
 */
export type ColumnKind = 'numeric' | 'ordinal' | 'nominal';
const kinds: readonly ColumnKind[] = ['numeric', 'ordinal', 'nominal'];

/** No table in memory is wider, and a list of more is an end of the process and not an error. */
export const MOST_COLUMNS = 2 ** 24;

export interface Table {
  /** Rows one after the other, [N, D]. */
  readonly inputs: Float32Array;
  /** Of each row: classes from 0. */
  readonly labels: Uint8Array | Int32Array | readonly number[];
  /** What each of the D columns holds; or D, where all are numeric. */
  readonly columns: number | readonly ColumnKind[];
  /** Default: the largest label + 1. */
  readonly numClasses?: number;
}

export interface CheckedTable {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly kinds: readonly ColumnKind[];
  readonly numClasses: number;
  /** N. */
  readonly rows: number;
  /** D. */
  readonly width: number;
  /** Rows of each class, in order. */
  readonly byClass: readonly Int32Array[];
}

/** The kinds of D columns, from a list or their number. */
export function checkColumns(where: string, columns: unknown): readonly ColumnKind[] {
  if (typeof columns === 'number') return new Array<ColumnKind>(checkNumber(where, 'columns', columns, { min: 1, max: MOST_COLUMNS, integer: true })).fill('numeric');
  if (!Array.isArray(columns) || columns.length === 0) return fail('option', `${where}: \`columns\` must be the number of columns or a list of their kinds, received ${show(columns)}.`);
  columns.forEach((kind: unknown, i) => {
    if (!kinds.includes(kind as ColumnKind)) fail('option', `${where}: \`columns[${i}]\` must be one of ${kinds.map((name) => `'${name}'`).join(', ')}, received ${show(kind)}.`);
  });
  return columns as ColumnKind[];
}

/**
 * Refuses a table that is none.
 *
 * @throws option: bad columns or classes. data: lengths that do not agree, labels that are no classes, numbers that are not finite, or not whole where they must be.
 */
export function checkTable(where: string, table: Table): CheckedTable {
  checkOptions(where, table, ['inputs', 'labels', 'columns', 'numClasses'], 'field');
  const { inputs } = table;
  const columns = checkColumns(where, table.columns);
  const width = columns.length;
  if (!(inputs instanceof Float32Array)) fail('data', `${where}: \`inputs\` must be a Float32Array, received ${show(inputs)}.`);
  if (inputs.length === 0 || inputs.length % width !== 0) fail('data', `${where}: \`inputs\` must hold one or more rows of ${width} columns, received ${inputs.length} numbers.`);
  const rows = inputs.length / width;
  checkNumbers(where, inputs, columns);
  const { labels, numClasses } = checkLabels(where, table, rows);
  const byClass: number[][] = Array.from({ length: numClasses }, () => []);
  labels.forEach((label, row) => byClass[label]?.push(row));
  return { inputs, labels, kinds: columns, numClasses, rows, width, byClass: byClass.map((members) => Int32Array.from(members)) };
}

function checkNumbers(where: string, inputs: Float32Array, columns: readonly ColumnKind[]): void {
  for (let i = 0; i < inputs.length; i++) {
    const value = inputs[i] as number;
    const column = i % columns.length;
    if (Number.isFinite(value) && (columns[column] === 'numeric' || (Number.isInteger(value) && (value >= 0 || columns[column] === 'ordinal')))) continue;
    const at = `received ${value} in row ${(i - column) / columns.length}, column ${column}`;
    if (!Number.isFinite(value)) fail('data', `${where}: \`inputs\` must be finite, ${at}. Remove such rows or fill the gaps.`);
    fail('data', `${where}: ${columns[column] === 'nominal' ? 'a nominal column holds whole numbers from 0, one a category' : 'an ordinal column holds whole numbers'}, ${at}.`);
  }
}

function checkLabels(where: string, { labels, numClasses }: Table, rows: number): { readonly labels: Int32Array; readonly numClasses: number } {
  const given: unknown = labels;
  if (!(Array.isArray(given) || given instanceof Uint8Array || given instanceof Int32Array)) fail('data', `${where}: \`labels\` must be an array, a Uint8Array or an Int32Array, received ${show(given)}.`);
  if (labels.length !== rows) fail('data', `${where}: \`labels\` must have one for each of ${rows} rows, received ${labels.length}.`);
  const classes = numClasses === undefined ? Infinity : checkNumber(where, 'numClasses', numClasses, { min: 1, integer: true });
  for (let i = 0; i < rows; i++) {
    const label = labels[i] as number;
    if (!(Number.isInteger(label) && label >= 0 && label < Math.min(classes, 2 ** 20))) fail('data', `${where}: label ${show(label)} of row ${i} must be a whole number ${classes === Infinity ? 'from 0' : `in [0, ${classes})`}.`);
  }
  return { labels: Int32Array.from(labels), numClasses: classes === Infinity ? Math.max(...new Set(labels)) + 1 : classes };
}
