/** The fields of a CSV file. */
import { fail } from '@parsimony/core';
import Papa from 'papaparse';

export interface CsvRows {
  /** Of the columns, from the first row. */
  readonly names: readonly string[];
  /** Each as long as `names`. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Fields of CSV as RFC 4180 has it: quotes, line breaks inside them, a byte order mark; empty lines are passed over. Spaces around a field do not count.
 *
 * @throws data: quotes that do not close, rows of another length than the first, column names that are empty or come twice, no rows.
 */
export function csvRows(text: string, name: string, delimiter: string): CsvRows {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimiter, skipEmptyLines: true });
  const [problem] = errors;
  if (problem) fail('data', `${name}: row ${problem.row ?? 0}: ${problem.message}.${problem.code === 'MissingQuotes' ? ' The file may be truncated.' : ''}`);
  const [first, ...rest] = data;
  if (first === undefined || rest.length === 0) fail('data', `${name}: expected the names of the columns and at least one row, received ${data.length} rows.`);
  const names = first.map((field) => field.trim());
  names.forEach((column, i) => {
    if (column === '') fail('data', `${name}: column ${i} has no name in the first row.`);
    if (names.indexOf(column) !== i) fail('data', `${name}: two columns are named "${column}".`);
  });
  const rows = rest.map((fields, i) => {
    if (fields.length !== names.length) {
      fail('data', `${name}: row ${i + 1} has ${fields.length} fields, expected ${names.length}, as the first row has.${i === rest.length - 1 ? ' The file may be truncated.' : ''} Fields with "${delimiter}" in them take quotes.`);
    }
    return fields.map((field) => field.trim());
  });
  return { names, rows };
}
