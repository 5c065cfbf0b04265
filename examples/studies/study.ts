/** What a study is: training runs on real data, their results as JSON, and a figure and a table drawn from these. */
import type { Json } from '@parsimony/core';
import type { Figure } from './figure';

export interface StudyOptions {
  /** Runs of each setting, with the seeds 1, 2, … */
  readonly seeds: number;
  /** A few steps on few images: for tests, to see that everything runs. */
  readonly quick: boolean;
  /** The folder or URL that `--data` names, for studies on data that no package has. */
  readonly data?: string;
  /** Told what goes on. */
  readonly log: (line: string) => void;
}

export interface Study<R extends Json = Json> {
  /** Its name on the command line, and that of its files in docs/studies. */
  readonly name: string;
  /** One line: what it asks. */
  readonly question: string;
  /** Of a full run. */
  readonly seeds: number;
  run(options: StudyOptions): Promise<R>;
  draw(results: R): Figure;
  /** Rows of a table, its head first. */
  table(results: R): readonly (readonly string[])[];
}

/** Mean, smallest and largest over seeds, as a point of a line. */
export function pointOf(x: number, values: readonly number[]): { readonly x: number; readonly y: number; readonly low: number; readonly high: number } {
  return { x, y: values.reduce((a, b) => a + b, 0) / values.length, low: Math.min(...values), high: Math.max(...values) };
}

/** 0.1234 -> '12.3 %'. */
export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** A table as Markdown. */
export function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** A page with the table of a study anew, which stands between `<!-- table NAME -->` and `<!-- end -->`. */
export const withTable = (page: string, name: string, table: string): string =>
  page.replace(new RegExp(`(<!-- table ${name} -->\\n)[^]*?(<!-- end -->)`), (_, begin: string, end: string) => `${begin}${table}\n${end}`);
