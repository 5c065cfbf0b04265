/** The advisor as a function: a history, a plan and a configuration in, advice out. */
import { checkBoolean, checkChoice, checkNumber, checkOptions, fail, type Finding, type HistoryRow, show } from '@parsimony/core';
import type { Advice, Rule } from './advice';
import { checkConfiguration, type Configuration } from './configuration';
import { type Accuracies, readHistory } from './evidence';
import { checkThresholds, type Thresholds } from './options';
import { type Task, tasks } from './presets';
import { coupledDecay, instability, noisyValidation, overfitting, risingValidationLoss, riskyPair, severalChanges, underfitting, wastedRegularizer } from './rules';

export interface AdviseOptions {
  /** The rows of a fit; none before a run. */
  readonly history: readonly HistoryRow[];
  /** `trainer.plan`, or `{ findings: trainer.findings }`. */
  readonly plan?: { readonly findings: readonly Finding[] };
  /** What the changes are changes of. Default: an empty one. */
  readonly configuration?: Configuration;
  /** That of the run before, to tell how much has changed since. */
  readonly previous?: Configuration;
  /** Which run of the configuration: a plain one has none of its plugins. Default 'regularized'. */
  readonly run?: 'plain' | 'regularized';
  /** Accuracies in [0, 1] of the weights that the run ended with, measured without dropout and augmentation. Default: those of the history, at `kept` or at its end. */
  readonly accuracies?: Accuracies;
  /** The epoch whose weights were kept, from 0. */
  readonly kept?: number;
  /** What is trained. Default 'general'. */
  readonly task?: Task;
  /** False while the run goes on: what still learns is not called underfitted. Default true. */
  readonly finished?: boolean;
  readonly thresholds?: Thresholds;
}

/** What spoils a run first, what it makes of the data then, what is to be tidied last. */
const rules: readonly Rule[] = [instability, overfitting, underfitting, risingValidationLoss, noisyValidation, coupledDecay, riskyPair, wastedRegularizer, severalChanges];

/**
 * Reads what a training did and how it is set up, and says what to change: one advice a verdict, with the figures that triggered it, its source,
 * and a change of the configuration for `applyAdvice`. Follow them one at a time, the first first. A run on which nothing is found gets none.
 *
 * @throws option: an unknown option, one out of range, or a history that is none.
 * @see The README's table of rules, with the source of each.
 * @example
 * ```ts
 * import { advise } from '@parsimony/advisor';
 * const history = [{ epoch: 29, step: 480, values: { accuracy: 0.998, validationAccuracy: 0.721 } }];
 * const [advice] = advise({ history, configuration: { optimizer: { name: 'adam' }, plugins: [] } });
 * advice?.verdict;        // => 'severe overfitting'
 * advice?.figures.trainAccuracy; // => 0.998
 * advice?.change.summary; // => 'add `weightDecay` with decay 0.001'
 * ```
 */
export function advise(options: AdviseOptions): readonly Advice[] {
  const where = 'advise';
  checkOptions(where, options, ['history', 'plan', 'configuration', 'previous', 'run', 'accuracies', 'kept', 'task', 'finished', 'thresholds']);
  const { history, plan, previous, run = 'regularized', kept, accuracies } = options;
  if (plan !== undefined && !Array.isArray(plan?.findings)) fail('option', `${where}: \`plan\` must have \`findings\`, such as trainer.plan, received ${show(plan)}.`);
  if (kept !== undefined) checkNumber(where, 'kept', kept, { min: 0, integer: true });
  const given = {
    evidence: readHistory(where, history, accuracies, kept), findings: plan?.findings ?? [],
    configuration: checkConfiguration(where, 'configuration', options.configuration ?? {}),
    previous: previous === undefined ? undefined : checkConfiguration(where, 'previous', previous),
    plain: checkChoice(where, 'run', run, ['plain', 'regularized']) === 'plain', task: checkChoice(where, 'task', options.task ?? 'general', tasks),
    finished: checkBoolean(where, 'finished', options.finished ?? true), limits: checkThresholds(`${where}: thresholds`, options.thresholds),
  };
  return rules.flatMap((rule) => rule(given));
}
