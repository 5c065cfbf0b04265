/** mixup of tables as a plugin. */
import { type AnyPlugin, checkChoice, type Inputs, type Schedule, strength } from '@parsimony/core';
import { checkInput, withInput } from '../mix/images';
import { mixTargets } from '../mix/mix-targets';
import { batchMixer, checkMixer, type MixerOptions } from '../mix/mixer';
import { mixupParts } from '../mix/mixup';
import { type MixMode, mixModes } from '../mix/pairing';
import { checkColumns, type ColumnKind } from './table';
import { drawTabularMixup, mixTable, type TabularMixupDraw } from './tabular-mixup';

export interface TabularMixupOptions extends MixerOptions {
  /** What each column holds: numeric and ordinal ones are mixed, of nominal ones one category is taken. A number: so many numeric ones. */
  readonly columns: number | readonly ColumnKind[];
  /** Both parameters of the Beta distribution, 0 or more: a number or a schedule of the step. 0 mixes nothing. Default 0.2. */
  readonly alpha?: Schedule;
  /** For whom lambda is drawn: once for the batch, for each pair, or for each row. Default `'batch'`. */
  readonly mode?: MixMode;
  /** Which of several named inputs holds the table; the others stay as they are. Needed where inputs are a record. */
  readonly input?: string;
}

/**
 * Mixes the rows of each training batch in random pairs, with lambda from Beta(alpha, alpha): numbers and targets in shares, categories by
 * chance, each row's own with probability lambda. Metrics see the original labels; evaluation sees rows as they are. For one-hot or embedded
 * categories `mixup` itself mixes as well.
 *
 * @throws option: an unknown option or one out of range. conflict: another mixer in the plan. In the fit, shape, dtype: inputs that are no such table.
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { tabularMixup } from '@parsimony/augment/tabular';
 * const trainer = new Trainer({
 *   model: new nn.Linear(2, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [tabularMixup({ alpha: 0.2, columns: ['numeric', 'nominal'] })],
 * });
 * trainer.explain().includes('@parsimony/augment/tabular-mixup'); // => true
 * ```
 */
export function tabularMixup(options: TabularMixupOptions): AnyPlugin {
  const where = 'tabularMixup';
  const mixer = checkMixer(where, 'tabular-mixup', options, ['columns', 'alpha', 'mode', 'input']);
  const kinds = checkColumns(where, options.columns);
  const alpha = strength(where, 'alpha', options.alpha ?? 0.2, { min: 0 });
  const mode = checkChoice(where, 'mode', options.mode ?? 'batch', mixModes);
  const input = checkInput(where, options.input);
  return batchMixer<TabularMixupDraw>(mixer, {
    json: { columns: kinds, alpha: alpha.schedule, mode, ...(input !== undefined && { input }) },
    draw({ size }, prob, ctx) {
      const now = alpha.at(ctx);
      if (now === 0) return undefined;
      const draw = drawTabularMixup(ctx.rng('mix'), size, { alpha: now, prob, mode, columns: kinds });
      return [draw.lambda].flat().every((own) => own === 1) ? undefined : draw;
    },
    inputs: (inputs, draw): Inputs => withInput(where, inputs, input, (x) => mixTable(where, x, draw, kinds)),
    target: (target, draw, more) => mixTargets(where, target, draw.permutation.length, mixupParts(draw), more),
  });
}
