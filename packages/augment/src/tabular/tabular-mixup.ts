/** mixup of tables with mixed columns: numbers are mixed, categories chosen. */
import { checkNumber, checkOptions, fail, ops, random, type RngKey, type Target, type Tensor, tensor } from '@parsimony/core';
import { drawMixup, type DrawMixupOptions, type MixupDraw, mixInputs, mixupParts } from '../mix/mixup';
import { mixTargets, type MixTargetOptions } from '../mix/mix-targets';
import { checkBatchTable } from './batch-table';
import { checkColumns, type ColumnKind } from './table';

/** JSON, so that a batch can be replayed. */
export interface TabularMixupDraw extends MixupDraw {
  /** [N, number of nominal columns] in a row: 1 where the partner's category is taken, 0 where its own stays. */
  readonly taken: readonly number[];
}

export interface DrawTabularMixupOptions extends DrawMixupOptions {
  /** What each column holds, or their number, where all are numeric. */
  readonly columns: number | readonly ColumnKind[];
}

/**
 * lambda and pairs as `drawMixup` draws them, and for each nominal column of each row, with probability 1 - lambda, the partner's category.
 *
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawTabularMixup } from '@parsimony/augment/tabular';
 * drawTabularMixup(random.key(1), 3, { alpha: 0.2, columns: ['numeric', 'nominal'] }).taken.length; // => 3
 * ```
 */
export function drawTabularMixup(key: RngKey, size: number, options: DrawTabularMixupOptions): TabularMixupDraw {
  const where = 'drawTabularMixup';
  checkOptions(where, options, ['alpha', 'prob', 'mode', 'columns']);
  const { columns, ...rest } = options;
  const nominal = checkColumns(where, columns).filter((kind) => kind === 'nominal').length;
  const draw = drawMixup(key, size, rest);
  const { lambda } = draw;
  const own = (row: number): number => (typeof lambda === 'number' ? lambda : lambda[row] as number);
  const taken = Array.from(random.uniform(random.foldIn(key, 'category'), size * nominal), (u, i) => (u >= own(Math.floor(i / nominal)) ? 1 : 0));
  return { ...draw, taken };
}

/** A table and its targets, mixed. */
export interface MixedTable { readonly table: Tensor; readonly target: Target }

/**
 * Numeric columns l x_i + (1 - l) x_j, ordinal ones the same rounded, nominal ones x_i or x_j as drawn; targets l y_i + (1 - l) y_j.
 *
 * @param table - [N, D], float32.
 * @throws shape, dtype: no such table, or a draw for another. range: targets that do not fit. option: an unknown option or one out of range.
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412; categories are ours, so that none is invented and each
 * stays with probability l.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applyTabularMixup } from '@parsimony/augment/tabular';
 * await ready();
 * const target = { kind: 'index', labels: tensor([0, 1], { dtype: 'int32' }), numClasses: 2 } as const;
 * const mixed = applyTabularMixup(tensor([[0, 7], [8, 3]]), target, { lambda: 0.75, permutation: [1, 0], taken: [0, 1] }, ['numeric', 'nominal']);
 * await mixed.table.array(); // => [[2, 7], [6, 7]]
 * ```
 */
export function applyTabularMixup(table: Tensor, target: Target, draw: TabularMixupDraw, columns: number | readonly ColumnKind[], options: MixTargetOptions = {}): MixedTable {
  const where = 'applyTabularMixup';
  const kinds = checkColumns(where, columns);
  return { table: mixTable(where, table, draw, kinds), target: mixTargets(where, target, draw.permutation.length, mixupParts(draw), options) };
}

/** The table of `applyTabularMixup`. */
export function mixTable(where: string, table: Tensor, draw: TabularMixupDraw, kinds: readonly ColumnKind[]): Tensor {
  checkOptions(where, draw, ['lambda', 'permutation', 'taken'], 'field');
  const { taken, ...mix } = draw;
  const [rows, width] = checkBatchTable(where, table, kinds.length);
  const mixed = mixInputs(where, table, mix) as Tensor;
  const row = (kind: ColumnKind): Tensor => tensor(Float32Array.from(kinds, (own) => (own === kind ? 1 : 0)), [1, width]);
  const rounded = kinds.includes('ordinal') ? ops.where(ops.greater(row('ordinal'), 0), ops.round(mixed), mixed) : mixed;
  const nominal = kinds.flatMap((kind, c) => (kind === 'nominal' ? [c] : []));
  if (taken.length !== rows * nominal.length) fail('shape', `${where}: the draw has ${taken.length} choices of categories, expected ${nominal.length} for each of ${rows} rows.`);
  if (nominal.length === 0) return rounded;
  const sources = new Int32Array(rows * width);
  for (let i = 0; i < rows; i++) {
    nominal.forEach((c, k) => {
      const take = checkNumber(where, 'taken', taken[i * nominal.length + k], { min: 0, max: 1, integer: true });
      sources[i * width + c] = take === 1 ? mix.permutation[i] as number : i;
    });
  }
  return ops.where(ops.greater(row('nominal'), 0), ops.gather(table, 0, tensor(sources, [rows, width])), rounded);
}
