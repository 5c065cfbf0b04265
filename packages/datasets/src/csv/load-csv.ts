/** CSV files on disk and on the web. */
import { fail, show } from '@parsimony/core';
import { loadFile } from '../source';
import { type CsvOptions, type CsvTable, parseCsv } from './parse-csv';

/**
 * The table in a CSV file (Node) or under a URL, in UTF-8, as `parseCsv` gives it; the file may be compressed by gzip.
 *
 * @throws file: there is none, or it cannot be read. Else as `parseCsv`, with the name of the file.
 * @example
 * ```ts
 * import { loadCsv } from '@parsimony/datasets';
 * await loadCsv('nowhere.csv', { target: 'kind' }); // throws nowhere.csv: there is no such file.
 * ```
 */
export async function loadCsv(place: string, options: CsvOptions): Promise<CsvTable> {
  if (typeof place !== 'string' || place === '') fail('option', `loadCsv: expected a file or a URL, received ${show(place)}.`);
  const bytes = await loadFile(place);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return fail('data', `${place}: expected text in UTF-8. Save it so.`, { cause: error });
  }
  return parseCsv(text, options, place);
}
