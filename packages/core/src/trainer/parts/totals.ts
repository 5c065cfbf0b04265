/** What an epoch adds up to, as plain data: a checkpoint in the middle of an epoch holds it. */

interface Mean { readonly sum: number; readonly count: number }

export interface EpochTotals {
  readonly loss: Mean;
  readonly metrics: Readonly<Record<string, Mean>>;
  readonly logs: Readonly<Record<string, Mean>>;
  /** Steps left out for a loss or gradient that is not finite. */
  readonly skipped: number;
  /** Of the last step. */
  readonly learningRate: number;
  readonly seconds: number;
}

export const noTotals: EpochTotals = { loss: { sum: 0, count: 0 }, metrics: {}, logs: {}, skipped: 0, learningRate: 0, seconds: 0 };

export const addTo = (mean: Mean | undefined, sum: number, count: number): Mean => ({ sum: (mean?.sum ?? 0) + sum, count: (mean?.count ?? 0) + count });
export const meanOf = ({ sum, count }: Mean): number => sum / count;

export const meansOf = (means: Readonly<Record<string, Mean>>): Record<string, number> =>
  Object.fromEntries(Object.entries(means).filter(([, { count }]) => count > 0).map(([name, mean]) => [name, meanOf(mean)]));
