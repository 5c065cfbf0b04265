/** Tables of numbers from CSV. */
import { checkChoice, checkOptions, fail, show } from '@parsimony/core';
import { type CsvRows, csvRows } from './rows';

export interface CsvOptions {
  /** The column that is learnt. */
  readonly target: string;
  /** 'label': classes, whatever they are called. 'value': numbers. Default 'label'. */
  readonly kind?: 'label' | 'value';
  /** The columns that are learnt from, in this order. Default: all but the target, as they come. */
  readonly columns?: readonly string[];
  /** Those of them that hold categories. All others hold numbers. Default: none. */
  readonly nominal?: readonly string[];
  /** Between fields: one character. Default ','. */
  readonly delimiter?: string;
  /** A table read before, such as the training set: the same columns, categories and classes are taken, and no others. */
  readonly like?: CsvTable;
}

/** What `arrayDataset`, and the tables of `@parsimony/augment/tabular`, take. */
export interface CsvTable {
  /** [N, D], rows one after the other; of a nominal column its category's place in `categories`. */
  readonly inputs: Float32Array;
  /** [N], places in `classes`; empty of values. */
  readonly labels: Int32Array;
  /** [N]; empty of labels. */
  readonly values: Float32Array;
  /** Of each column. */
  readonly columns: readonly ('numeric' | 'nominal')[];
  readonly names: readonly string[];
  /** Of each column: its categories, none of a numeric one. */
  readonly categories: readonly (readonly string[])[];
  readonly classes: readonly string[];
  /** N. */
  readonly size: number;
}

/**
 * A table from CSV whose first row names its columns. Categories and classes are numbered in order: as numbers where all of them are,
 * else by their characters.
 *
 * @param text - The whole file.
 * @param name - What to call it in errors.
 * @throws option: an unknown option, columns that are not there. data: broken CSV, an empty field, what is no number in a numeric column, a category
 * or class that `like` does not know; each says in which row, counted from 1 below the names.
 * @example
 * ```ts
 * import { arrayDataset } from '@parsimony/core';
 * import { parseCsv } from '@parsimony/datasets';
 * const table = parseCsv('width,colour,kind\n1.5,red,b\n2,blue,a\n', { target: 'kind', nominal: ['colour'] });
 * Array.from(table.inputs); // => [1.5, 1, 2, 0]
 * [table.classes, Array.from(table.labels)]; // => [['a', 'b'], [1, 0]]
 * arrayDataset({ inputs: table.inputs, shape: [2], labels: table.labels, numClasses: 2 }).size; // => 2
 * parseCsv('a,b\n1,\n', { target: 'a' }); // throws CSV data: row 1, column "b": expected a number, received nothing.
 * ```
 * Source: Y. Shafranovich, RFC 4180 (2005).
 */
export function parseCsv(text: string, options: CsvOptions, name = 'CSV data'): CsvTable {
  const where = 'parseCsv';
  checkOptions(where, options, ['target', 'kind', 'columns', 'nominal', 'delimiter', 'like']);
  const { like, delimiter = ',' } = options;
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || '"\r\n'.includes(delimiter)) fail('option', `${where}: \`delimiter\` must be one character, no quote or line break, received ${show(delimiter)}.`);
  if (typeof text !== 'string') fail('data', `${name}: expected text, received ${show(text)}.`);
  const kind = checkChoice(where, 'kind', options.kind ?? 'label', ['label', 'value']);
  const read = csvRows(text, name, delimiter);
  const indexOf = (column: unknown, option: string): number => {
    const at = typeof column === 'string' ? read.names.indexOf(column) : -1;
    return at === -1 ? fail('option', `${where}: \`${option}\` names ${show(column)}; the columns of ${name} are ${read.names.join(', ')}.`) : at;
  };
  const target = indexOf(options.target, 'target');
  const names = chosen(where, options, read.names, read.names[target] as string);
  const nominal = like ? like.names.filter((_, i) => like.columns[i] === 'nominal') : checkList(where, 'nominal', options.nominal ?? []);
  for (const column of nominal) if (!names.includes(column)) fail('option', `${where}: \`nominal\` names ${show(column)}, which is none of the columns ${names.join(', ')}.`);
  const at = names.map((column) => indexOf(column, 'columns'));
  const categories = names.map((column, d) => (nominal.includes(column) ? like?.categories[d] ?? valuesOf(read, at[d] as number) : []));
  const columns = names.map((column) => (nominal.includes(column) ? 'nominal' as const : 'numeric' as const));
  const classes = kind === 'label' ? like?.classes ?? valuesOf(read, target) : [];
  const size = read.rows.length;
  const inputs = new Float32Array(size * names.length);
  at.forEach((column, d) => {
    const numbers = numbersOf(read, column, name, columns[d] === 'nominal' ? categories[d] : undefined);
    numbers.forEach((value, i) => { inputs[i * names.length + d] = value; });
  });
  const learnt = numbersOf(read, target, name, kind === 'label' ? classes : undefined);
  return { inputs, labels: Int32Array.from(kind === 'label' ? learnt : []), values: Float32Array.from(kind === 'value' ? learnt : []), columns, names, categories, classes, size };
}

function chosen(where: string, { columns, like }: CsvOptions, all: readonly string[], target: string): readonly string[] {
  if (columns === undefined) return like?.names ?? all.filter((column) => column !== target);
  const names = checkList(where, 'columns', columns);
  if (names.length === 0 || names.includes(target) || new Set(names).size !== names.length) fail('option', `${where}: \`columns\` must name at least one column, each once, and not the target ${show(target)}, received ${show(columns)}.`);
  if (like && names.join('\n') !== like.names.join('\n')) fail('option', `${where}: \`columns\` must be those of \`like\`, ${like.names.join(', ')}, received ${show(columns)}.`);
  return names;
}

function checkList(where: string, name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) fail('option', `${where}: \`${name}\` must be a list of names, received ${show(value)}.`);
  return value as string[];
}

/** What a column holds, each once, in order. */
function valuesOf({ rows }: CsvRows, column: number): readonly string[] {
  const values = [...new Set(rows.map((row) => row[column] as string))];
  const numeric = values.every((value) => value !== '' && Number.isFinite(Number(value)));
  return numeric ? values.toSorted((a, b) => Number(a) - Number(b)) : values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A column's numbers, or the places of its fields among the known. */
function numbersOf({ names, rows }: CsvRows, column: number, file: string, known?: readonly string[]): number[] {
  const places = known && new Map(known.map((value, i) => [value, i]));
  return rows.map((row, i) => {
    const field = row[column] as string;
    const value = field === '' ? NaN : places ? places.get(field) ?? NaN : Math.fround(Number(field));
    if (Number.isFinite(value)) return value;
    const expected = known ? `one of ${known.slice(0, 8).filter((one) => one !== '').join(', ')}${known.length > 8 ? ', …' : ''}` : 'a number';
    const fix = field === '' ? 'Leave such rows out, or fill the gaps.' : known ? '`like` does not have it.' : 'Columns of categories are listed in `nominal`.';
    return fail('data', `${file}: row ${i + 1}, column "${names[column]}": expected ${expected}, received ${field === '' ? 'nothing' : show(field)}. ${fix}`);
  });
}
