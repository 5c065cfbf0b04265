/** Gaussian jitter of tables as a plugin. */
import { type AnyPlugin, type Batch, checkNumber, checkOptions, definePlugin, fail, type Schedule, show, strength } from '@parsimony/core';
import { version } from '../../package.json';
import { checkInput, withInput } from '../mix/images';
import { checkBatchTable } from './batch-table';
import { applyGaussianJitter, drawGaussianJitter } from './gaussian-jitter';
import { checkColumns, type ColumnKind } from './table';

export interface GaussianJitterOptions {
  /** Standard deviation of the noise, 0 or more: a number or a schedule of the step. Default 0.1, for columns of standard deviation 1. */
  readonly std?: Schedule;
  /** What each column holds; ordinal and nominal ones are left as they are. Default: all numeric. */
  readonly columns?: number | readonly ColumnKind[];
  /** For columns of other scales: their standard deviations, one a column, 0 or more. Default: 1 each. */
  readonly scales?: readonly number[];
  /** Which of several named inputs holds the table. Needed where inputs are a record. */
  readonly input?: string;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Adds noise to the columns of numbers of each training batch, x + std scale_c z, anew in each step; evaluation sees them as they are.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape, dtype: inputs that are no such table.
 * @see Bishop, "Training with Noise is Equivalent to Tikhonov Regularization" (1995).
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { gaussianJitter } from '@parsimony/augment/tabular';
 * const trainer = new Trainer({
 *   model: new nn.Linear(20, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [gaussianJitter({ std: 0.05 })],
 * });
 * trainer.explain().includes('@parsimony/augment/gaussian-jitter'); // => true
 * ```
 */
export function gaussianJitter(options: GaussianJitterOptions = {}): AnyPlugin {
  const where = 'gaussianJitter';
  checkOptions(where, options, ['std', 'columns', 'scales', 'input', 'instance']);
  const std = strength(where, 'std', options.std ?? 0.1, { min: 0 });
  const kinds = options.columns === undefined ? undefined : checkColumns(where, options.columns);
  const given = options.scales === undefined ? undefined : checkScales(where, options.scales, kinds?.length);
  const scales = kinds?.map((kind, c) => (kind === 'numeric' ? given?.[c] ?? 1 : 0)) ?? given;
  const { instance } = options;
  const input = checkInput(where, options.input);
  return definePlugin({
    name: '@parsimony/augment/gaussian-jitter',
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: { std: std.schedule, ...(kinds && { columns: kinds }), ...(given && { scales: given }), ...(input !== undefined && { input }) },
    claims: { writes: { 'batch.inputs': 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      // Ahead of what mixes samples, behind what puts others in their place.
      transformBatch: {
        order: 'pre',
        after: ['@parsimony/augment/text', '@parsimony/augment/augment', '@parsimony/augment/feature-swap'],
        handler(batch, ctx): Batch | undefined {
          const now = std.at(ctx);
          if (now === 0) return undefined;
          const draw = drawGaussianJitter(ctx.rng('jitter'), now);
          return {
            ...batch,
            inputs: withInput(where, batch.inputs, input, (x) => {
              checkBatchTable(where, x, scales?.length);
              return applyGaussianJitter(x, draw, scales);
            }),
          };
        },
      },
    },
  });
}

function checkScales(where: string, scales: unknown, width: number | undefined): readonly number[] {
  if (!Array.isArray(scales) || scales.length === 0 || (width !== undefined && scales.length !== width)) {
    return fail('option', `${where}: \`scales\` must be a list of one number for each ${width === undefined ? 'column' : `of ${width} columns`}, received ${show(scales)}.`);
  }
  return scales.map((scale: unknown, c) => checkNumber(where, `scales[${c}]`, scale, { min: 0 }));
}
