/** Feature swap noise: values exchanged for those of the same column in other rows. */
import { checkNumber, checkOptions, fail, ops, random, type RngKey, show, type Tensor, tensor } from '@parsimony/core';
import { checkBatchTable } from './batch-table';
import { MOST_COLUMNS } from './table';

/** JSON, so that a batch can be replayed. */
export interface FeatureSwapDraw {
  /** D. */
  readonly columns: number;
  /** [N, D] in a row: the row that each value is taken from; its own where it stays. */
  readonly sources: readonly number[];
}

export interface DrawFeatureSwapOptions {
  /** D. */
  readonly columns: number;
  /** Probability that a value is exchanged, in [0, 1]. Default 0.15. */
  readonly p?: number;
  /** Columns that go together, such as those of a one-hot category: each group as one value. Default: none. */
  readonly groups?: readonly (readonly number[])[];
}

/**
 * For each of `rows` rows and each column, or group of columns, with probability p another row of the batch, chosen uniformly.
 *
 * @throws option: an unknown option or one out of range, groups that overlap or reach beyond the columns.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFeatureSwap } from '@parsimony/augment/tabular';
 * drawFeatureSwap(random.key(1), 2, { columns: 2, p: 1 }).sources; // => [1, 1, 0, 0]
 * ```
 */
export function drawFeatureSwap(key: RngKey, rows: number, options: DrawFeatureSwapOptions): FeatureSwapDraw {
  const where = 'drawFeatureSwap';
  checkOptions(where, options, ['columns', 'p', 'groups']);
  checkNumber(where, 'rows', rows, { min: 0, integer: true });
  const columns = checkNumber(where, 'columns', options.columns, { min: 1, max: MOST_COLUMNS, integer: true });
  const p = checkNumber(where, 'p', options.p ?? 0.15, { min: 0, max: 1 });
  const units = unitsOf(where, columns, options.groups);
  const swaps = random.bernoulli(random.foldIn(key, 'swap'), rows * units.length, p);
  const below = random.integers(random.foldIn(key, 'row'));
  const sources = Array.from({ length: rows * columns }, (_, i) => Math.floor(i / columns));
  swaps.forEach((swap, i) => {
    // A row alone has no other.
    if (swap === 0 || rows < 2) return;
    const row = Math.floor(i / units.length);
    const source = (row + 1 + below(rows - 1)) % rows;
    for (const column of units[i % units.length] as readonly number[]) sources[row * columns + column] = source;
  });
  return { columns, sources };
}

/** Columns by what is exchanged as one. */
function unitsOf(where: string, columns: number, groups: readonly (readonly number[])[] = []): readonly (readonly number[])[] {
  const grouped = checkGroups(where, groups).flat();
  const beyond = grouped.find((c) => c >= columns);
  if (beyond !== undefined) fail('option', `${where}: \`groups\` names column ${beyond}; there are ${columns}.`);
  const alone = Array.from({ length: columns }, (_, c) => c).filter((c) => !grouped.includes(c));
  return [...groups, ...alone.map((c) => [c])];
}

/** Refuses anything but lists of columns that do not overlap; returns them. */
export function checkGroups(where: string, groups: unknown): readonly (readonly number[])[] {
  if (!Array.isArray(groups) || !groups.every(Array.isArray)) return fail('option', `${where}: \`groups\` must be a list of lists of columns, received ${show(groups)}.`);
  const seen = new Set<number>();
  for (const column of (groups as unknown[][]).flat()) {
    const c = checkNumber(where, 'groups', column, { min: 0, integer: true });
    if (seen.has(c)) fail('option', `${where}: \`groups\` names column ${c} twice.`);
    seen.add(c);
  }
  return groups as number[][];
}

/**
 * The table with each value taken from the row that the draw names.
 *
 * @param table - [N, D], float32.
 * @throws shape, dtype: no such table, or a draw for another. option: a source that is no row.
 * @see Jahrer's first place in Porto Seguro's Safe Driver Prediction (Kaggle, 2017): "swap noise" of 15 % for a denoising autoencoder.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applyFeatureSwap } from '@parsimony/augment/tabular';
 * await ready();
 * await applyFeatureSwap(tensor([[1, 2], [3, 4]]), { columns: 2, sources: [0, 1, 1, 1] }).array(); // => [[1, 4], [3, 4]]
 * ```
 */
export function applyFeatureSwap(table: Tensor, draw: FeatureSwapDraw): Tensor {
  const where = 'applyFeatureSwap';
  checkOptions(where, draw, ['columns', 'sources'], 'field');
  const [rows, width] = checkBatchTable(where, table);
  if (draw.columns !== width || draw.sources.length !== rows * width) {
    fail('shape', `${where}: the draw is for ${draw.sources.length / draw.columns} rows of ${draw.columns} columns, received ${rows} of ${width}.`);
  }
  draw.sources.forEach((source, i) => checkNumber(where, `sources[${i}]`, source, { min: 0, max: rows, maxExclusive: true, integer: true }));
  return ops.gather(table, 0, tensor(Int32Array.from(draw.sources), [rows, width]));
}
