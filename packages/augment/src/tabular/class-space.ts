/** How far apart rows are for a class, and what categories stand around a row. */
import { nearestRows } from './nearest';
import { mixedSpace, type Space, valueDifferenceSpace } from './space';
import type { CheckedTable } from './table';

/**
 * Euclidean distance where all columns are numbers; with nominal columns beside them, each that differs counts the square of the median of the
 * standard deviations of the numbers over the class (SMOTE-NC); without any numbers, the value difference metric (SMOTE-N).
 */
export function classSpace(table: CheckedTable, label: number): Space {
  if (table.kinds.every((kind) => kind === 'nominal')) return valueDifferenceSpace(table, label);
  return mixedSpace(table, table.kinds.includes('nominal') ? medianDeviation(table, label) : 0);
}

/** The median over the columns of numbers of their standard deviation in the class (that of a population); of an even number the mean of the middle two. */
export function medianDeviation({ inputs, kinds, width, byClass }: CheckedTable, label: number): number {
  const rows = byClass[label] as Int32Array;
  const deviations = kinds.flatMap((kind, c) => {
    if (kind === 'nominal') return [];
    const mean = rows.reduce((sum, row) => sum + (inputs[row * width + c] as number) / rows.length, 0);
    return [Math.sqrt(rows.reduce((sum, row) => sum + ((inputs[row * width + c] as number) - mean) ** 2 / rows.length, 0))];
  }).sort((a, b) => a - b);
  const half = deviations.length >> 1;
  return deviations.length % 2 === 1 ? deviations[half] as number : ((deviations[half - 1] as number) + (deviations[half] as number)) / 2;
}

/** Of each row of a class, how many of the m nearest rows are of another. */
export async function othersAround(space: Space, { labels, byClass }: CheckedTable, label: number, m: number): Promise<Int32Array> {
  const own = byClass[label] as Int32Array;
  const around = await nearestRows(space, own, Int32Array.from(labels.keys()), m);
  return own.map((_, i) => around.subarray(i * m, (i + 1) * m).filter((row) => labels[row] !== label).length);
}

/**
 * Of each nominal column the category that most of the neighbours have; where several are as frequent, that of the nearest who has one of
 * them. Without columns of numbers the row itself votes too, as nearest.
 */
export function categoriesAround({ inputs, kinds, width }: CheckedTable, row: number, neighbours: Int32Array): number[] {
  const nominal = kinds.flatMap((kind, c) => (kind === 'nominal' ? [c] : []));
  const voters = nominal.length === width ? [row, ...neighbours] : [...neighbours];
  return nominal.map((c) => {
    const counts = new Map<number, number>();
    for (const voter of voters) {
      const value = inputs[voter * width + c] as number;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    // A map keeps the order in which its keys came: the nearest first, and reduce keeps the first of equals.
    return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  });
}
