/** How many rows each class is to have. */
import { fail, show } from '@parsimony/core';
import type { CheckedTable } from './table';

/**
 * `'auto'`: every class as many as the largest. `'minority'`: the smallest alone. A number in (0, 1]: every class at least that share of
 * the largest. A record from class to number of rows: those classes so many.
 */
export type Sampling = 'auto' | 'minority' | number | Readonly<Record<number, number>>;

/**
 * Rows to make of each class; 0 of those that have enough.
 *
 * @throws option: none of these, a class that is not there, or fewer rows than it has.
 */
function rowsToMake(where: string, { byClass, numClasses }: CheckedTable, sampling: Sampling = 'auto'): number[] {
  const sizes = byClass.map(({ length }) => length);
  const most = Math.max(...sizes);
  const upTo = (share: number): number[] => sizes.map((size) => (size === 0 ? 0 : Math.max(0, Math.floor(share * most) - size)));
  if (sampling === 'auto') return upTo(1);
  if (sampling === 'minority') {
    const least = Math.min(...sizes.filter((size) => size > 0));
    return sizes.map((size, label) => (label === sizes.indexOf(least) ? most - size : 0));
  }
  if (typeof sampling === 'number' && sampling > 0 && sampling <= 1) return upTo(sampling);
  if (sampling === null || typeof sampling !== 'object' || Array.isArray(sampling)) {
    return fail('option', `${where}: \`sampling\` must be 'auto', 'minority', a share in (0, 1] or a number of rows for each class, received ${show(sampling)}.`);
  }
  const out = new Array<number>(numClasses).fill(0);
  for (const [name, wanted] of Object.entries(sampling) as [string, unknown][]) {
    const has = sizes[Number(name)];
    if (has === undefined || has === 0) fail('option', `${where}: \`sampling\` names class ${name}, of which there is no row. Classes with rows: ${sizes.flatMap((size, label) => (size > 0 ? [label] : [])).join(', ')}.`);
    if (!Number.isInteger(wanted) || (wanted as number) < (has ?? 0)) fail('option', `${where}: \`sampling[${name}]\` must be a whole number of at least the ${has} rows that the class has, received ${show(wanted)}. Rows are made, none are taken away.`);
    out[Number(name)] = (wanted as number) - (has ?? 0);
  }
  return out;
}

/** A class of which rows are to be made. */
export interface SmallClass {
  readonly label: number;
  /** Its rows. */
  readonly own: Int32Array;
  /** To be made. */
  readonly count: number;
}

/**
 * The classes of which rows are to be made.
 *
 * @throws as `rowsToMake`. data: one too small to have k neighbours.
 */
export function smallClasses(where: string, table: CheckedTable, sampling: Sampling | undefined, k: number): SmallClass[] {
  return rowsToMake(where, table, sampling).flatMap((count, label) => {
    const own = table.byClass[label] as Int32Array;
    if (count === 0) return [];
    if (own.length <= k) {
      const fix = own.length > 1 ? `Lower \`k\` to ${own.length - 1}, or leave the class out of \`sampling\`.` : 'Leave the class out of `sampling`.';
      fail('data', `${where}: class ${label} has ${own.length} ${own.length === 1 ? 'row' : 'rows'}; ${k} ${k === 1 ? 'neighbour takes' : 'neighbours take'} at least ${k + 1}. ${fix}`);
    }
    return [{ label, own, count }];
  });
}
