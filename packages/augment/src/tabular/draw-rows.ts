/** What the oversampling techniques share: bases in turn, a partner and a share for each, and categories by vote. */
import { random, type RngKey } from '@parsimony/core';
import { categoriesAround } from './class-space';
import { nearestRows } from './nearest';
import type { Space } from './space';
import type { SynthesisPlan } from './synthesis';
import type { CheckedTable } from './table';

/** Rows to be made of one class. */
export interface ClassDraw {
  readonly label: number;
  /** The row that each begins at. */
  readonly bases: ArrayLike<number>;
  /** Rows among which the partner of a base is chosen, and whose categories a row made from it takes. */
  neighbours(base: number): Int32Array;
  /** A further candidate, towards which a new row lies halfway at most. */
  stranger?(base: number): number | undefined;
}

/** The k nearest of `among` to each of some rows, by row. */
export async function neighboursOf(space: Space, rows: ArrayLike<number>, among: Int32Array, k: number): Promise<(row: number) => Int32Array> {
  const asked = Int32Array.from(new Set(Array.from(rows)));
  const found = await nearestRows(space, asked, among, k);
  const byRow = new Map(Array.from(asked, (row, i) => [row, found.subarray(i * k, (i + 1) * k)]));
  return (row) => byRow.get(row) as Int32Array;
}

/** `count` of the rows: each as often as the others, and the rest, a random part of them, once more. */
export function inTurn(key: RngKey, rows: Int32Array, count: number): Int32Array {
  const whole = Math.floor(count / rows.length);
  const rest = random.permutation(key, rows.length).subarray(0, count - whole * rows.length).sort();
  const out = new Int32Array(count);
  for (let i = 0; i < whole; i++) out.set(rows, i * rows.length);
  rest.forEach((at, i) => { out[whole * rows.length + i] = rows[at] as number; });
  return out;
}

/** A plan from the draws of its classes: partners uniform over the candidates, shares uniform over what they allow. */
export function planOf(key: RngKey, table: CheckedTable, classes: readonly ClassDraw[]): SynthesisPlan {
  const plan = { labels: [] as number[], bases: [] as number[], partners: [] as number[], shares: [] as number[], categories: [] as number[][] };
  const voted = table.kinds.includes('nominal');
  for (const { label, bases, neighbours, stranger } of classes) {
    const own = random.foldIn(key, `class ${label}`);
    const below = random.integers(random.foldIn(own, 'partner'));
    const shares = random.uniform(random.foldIn(own, 'share'), bases.length);
    const votes = new Map<number, number[]>();
    for (let i = 0; i < bases.length; i++) {
      const base = bases[i] as number;
      const near = neighbours(base);
      const further = stranger?.(base);
      const choice = below(near.length + (further === undefined ? 0 : 1));
      plan.labels.push(label);
      plan.bases.push(base);
      plan.partners.push(near[choice] ?? further as number);
      plan.shares.push((shares[i] as number) * (choice < near.length ? 1 : 0.5));
      if (!voted) continue;
      const vote = votes.get(base) ?? categoriesAround(table, base, near);
      votes.set(base, vote);
      plan.categories.push(vote);
    }
  }
  return { rows: table.rows, ...plan };
}
