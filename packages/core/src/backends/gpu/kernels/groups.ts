/** Sums over the groups of a tensor: what layer and batch normalization share. */
import type { TensorRef } from '../../executor';
import type { Workbench } from '../device';
import type { Operand, Reader } from '../program';
import { reduceInto, reduceTerms, reducible, type Terms } from './reduce';

/** x [a, groups, b]: layer norm's rows are [1, rows, n], batch norm's channels [N, C, S]. Weights go by the column b, or by the group. */
export interface Layout { readonly a: number; readonly groups: number; readonly b: number; readonly byColumn: boolean }

export const rowsOf = (x: TensorRef): Layout => ({ a: 1, groups: x.shape[0] ?? 0, b: x.shape[1] ?? 0, byColumn: true });
export const channelsOf = (x: TensorRef): Layout => ({ a: x.shape[0] ?? 0, groups: x.shape[1] ?? 0, b: x.shape[2] ?? 0, byColumn: false });

/** The group `$g` of element `$i`, and the index `$f` of its weight. */
export const place = (byColumn: boolean): string => `
  const $line = quotient($i, b);
  const $g = $line - quotient($line, groups) * groups;
  const $f = ${byColumn ? '$i - $line * b' : '$g'};`;

/** Which way a reduction goes, and where it finds the group `$g` and the column `$c`: along b, along a where b is 1, or along the groups. */
const ways = {
  lines: { line: 'const $g = $outer - quotient($outer, groups) * groups;', element: 'const $c = $k;' },
  samples: { line: 'const $g = $inner;', element: 'const $c = 0;' },
  columns: { line: 'const $c = $inner;', element: 'const $g = $k;' },
} as const;

export type GroupTerms = Readonly<Record<keyof typeof ways, Terms>>;

/** A term of the element at `$at`, its group and its column. */
export function groupTerms<const Input extends string>(name: string, inputs: readonly Input[], term: (read: Readonly<Record<Input, Reader>>) => { readonly body?: string; readonly value: string }): GroupTerms {
  const along = (way: keyof typeof ways): Terms => reducible({
    name, inputs, ints: ['groups', 'b'],
    line: () => ways[way].line,
    term: (read) => {
      const { body = '', value } = term(read);
      return { body: `${ways[way].element}\n${body}`, value };
    },
  });
  return { lines: along('lines'), samples: along('samples'), columns: along('columns') };
}

/** Sums over everything but the groups: [groups]. */
export function sumGroups(bench: Workbench, terms: GroupTerms, inputs: readonly Operand[], { a, groups, b }: Layout, y: Operand): void {
  const ints = [groups, b];
  if (b === 1 && a > 1) return reduceTerms(bench, 'sum', terms.samples, { inputs, ints }, [1, a, groups], y);
  const lines = a === 1 ? y : bench.temporary(a * groups);
  reduceTerms(bench, 'sum', terms.lines, { inputs, ints }, [a * groups, b, 1], lines);
  if (a > 1) reduceInto(bench, 'sum', lines, [1, a, groups], y);
}

/** Sums over the groups of rows: [b]. */
export function sumColumns(bench: Workbench, terms: GroupTerms, inputs: readonly Operand[], { groups, b }: Layout, y: Operand): void {
  reduceTerms(bench, 'sum', terms.columns, { inputs, ints: [groups, b] }, [1, groups, b], y);
}
