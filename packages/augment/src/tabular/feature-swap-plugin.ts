/** Feature swap noise as a plugin. */
import { type AnyPlugin, type Batch, checkOptions, definePlugin, type Schedule, strength } from '@parsimony/core';
import { version } from '../../package.json';
import { checkInput, withInput } from '../mix/images';
import { checkBatchTable } from './batch-table';
import { applyFeatureSwap, checkGroups, drawFeatureSwap } from './feature-swap';

export interface FeatureSwapOptions {
  /** Probability that a value is exchanged, in [0, 1]: a number or a schedule of the step. Default 0.15. */
  readonly p?: Schedule;
  /** Columns that go together, such as those of a one-hot category: each group as one value. Default: none. */
  readonly groups?: readonly (readonly number[])[];
  /** Which of several named inputs holds the table. Needed where inputs are a record. */
  readonly input?: string;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Exchanges each value of a training batch with probability p for that of the same column in another row of the batch, whatever its class: each
 * column keeps its distribution, rows lose what ties their columns. Evaluation sees rows as they are.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape, dtype: inputs that are no table [N, D].
 * @see Jahrer's first place in Porto Seguro's Safe Driver Prediction (Kaggle, 2017), which takes values from the whole training set.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { featureSwap } from '@parsimony/augment/tabular';
 * const trainer = new Trainer({
 *   model: new nn.Linear(20, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [featureSwap({ p: 0.15 })],
 * });
 * trainer.explain().includes('@parsimony/augment/feature-swap'); // => true
 * ```
 */
export function featureSwap(options: FeatureSwapOptions = {}): AnyPlugin {
  const where = 'featureSwap';
  checkOptions(where, options, ['p', 'groups', 'input', 'instance']);
  const p = strength(where, 'p', options.p ?? 0.15, { min: 0, max: 1 });
  const groups = options.groups === undefined ? undefined : checkGroups(where, options.groups);
  const { instance } = options;
  const input = checkInput(where, options.input);
  return definePlugin({
    name: '@parsimony/augment/feature-swap',
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: { p: p.schedule, ...(groups && { groups }), ...(input !== undefined && { input }) },
    claims: { writes: { 'batch.inputs': 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      // Ahead of what mixes samples, which is to mix them as they are then.
      transformBatch: {
        order: 'pre',
        after: ['@parsimony/augment/text', '@parsimony/augment/augment'],
        handler(batch, ctx): Batch | undefined {
          const now = p.at(ctx);
          if (now === 0) return undefined;
          return {
            ...batch,
            inputs: withInput(where, batch.inputs, input, (x) => {
              const [rows, columns] = checkBatchTable(where, x);
              return applyFeatureSwap(x, drawFeatureSwap(ctx.rng('swap'), rows, { columns, p: now, ...(groups && { groups }) }));
            }),
          };
        },
      },
    },
  });
}
