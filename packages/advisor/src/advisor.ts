/** The advisor as a plugin: it reads along, and never touches the training. */
import { type AnyPlugin, checkChoice, checkNumber, checkOptions, definePlugin, type FitContext, type Json } from '@parsimony/core';
import { version } from '../package.json';
import { advise } from './advise';
import { checkConfiguration, type Configuration } from './configuration';
import { checkThresholds, type Thresholds } from './options';
import { type Task, tasks } from './presets';

export interface AdvisorOptions {
  /** Epochs between its readings, 1 or more. Default 1. */
  readonly every?: number;
  /** What is trained. Default 'general'. */
  readonly task?: Task;
  /** What the changes are changes of, as data. Default: an empty one. */
  readonly configuration?: Configuration;
  readonly thresholds?: Thresholds;
}

/**
 * Reads the history at the ends of epochs and of the fit, and reports each verdict once as a finding, with its figures, its source and what would
 * follow it. It writes nothing: a fit ends with the same bits with and without it.
 *
 * @throws option: an unknown option or one out of range.
 * @see `advise`, which it asks, for the rules.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { advisor } from '@parsimony/advisor';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [advisor({ every: 5, task: 'vision' })],
 * });
 * trainer.explain().includes('@parsimony/advisor'); // => true
 * advisor({ every: 0 }); // throws advisor: `every` must be a whole number in [1, inf), received 0.
 * ```
 */
export function advisor(options: AdvisorOptions = {}): AnyPlugin {
  const where = 'advisor';
  checkOptions(where, options, ['every', 'task', 'configuration', 'thresholds']);
  const every = checkNumber(where, 'every', options.every ?? 1, { min: 1, integer: true });
  const task = checkChoice(where, 'task', options.task ?? 'general', tasks);
  const configuration = checkConfiguration(where, 'configuration', options.configuration ?? {});
  const thresholds = checkThresholds(`${where}: thresholds`, options.thresholds);
  return definePlugin({
    name: '@parsimony/advisor',
    version,
    apiVersion: 1,
    options: { every, task, configuration: configuration as Json, thresholds: { ...thresholds } },
    claims: { reads: ['eval.weights'] },
    batchSemantics: 'per-sample',
    requiredOnLoad: false,
    // What was said, so that a resumed fit does not say it again.
    init: () => ({ tensors: {}, json: [] }),
    hooks: {
      // 'post': the row of the epoch then has what others logged at its end.
      epochEnd: { order: 'post', handler: (ctx) => { if ((ctx.epoch + 1) % every === 0) read(ctx, false); } },
      fitEnd: (ctx) => { if (ctx.history.length > 0) read(ctx, ctx.step >= ctx.totalSteps); },
    },
  });

  function read(ctx: FitContext, finished: boolean): void {
    const said = ctx.state.json as readonly string[];
    const advices = advise({ history: ctx.history, configuration, task, thresholds, finished }).filter(({ verdict }, i, all) => !said.includes(verdict) && all.findIndex((a) => a.verdict === verdict) === i);
    for (const { code, verdict, severity, message, source, change } of advices) {
      ctx.report({ severity, code, message: `${verdict} at epoch ${(ctx.history.at(-1)?.epoch ?? ctx.epoch) + 1}: ${message} (${source})`, plugins: [ctx.plugin], hint: `${change.summary}.` });
    }
    if (advices.length > 0) ctx.setState({ tensors: {}, json: [...said, ...advices.map(({ verdict }) => verdict)] });
  }
}
