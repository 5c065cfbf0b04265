/** Early stopping as a plugin: ends a fit that no longer improves, with the best weights. */
import { type AnyPlugin, checkBoolean, checkOptions, definePlugin, type Json, nn, type State } from '@parsimony/core';
import { version } from '../package.json';
import { advance, beginStopping, checkRule, type StoppingOptions, stoppingOptions, type StoppingRule, type StoppingState } from './improvement';
import { checkMonitor, checkWatched, monitorOptions, type MonitorOptions, watchedValue } from './monitor';

export interface EarlyStoppingOptions extends Omit<StoppingOptions, 'mode'>, MonitorOptions {
  /** End with the weights of the best check, whatever ends the fit. Default true. */
  readonly restoreBest?: boolean;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Watches a value of each evaluation, stops the fit when max(1, patience) checks in a row brought no improvement (or at a threshold), says why, and
 * ends with the weights of the best check. With weight averages it watches and keeps what was evaluated: the average.
 *
 * @throws option: an unknown option or one out of range. config: a fit without the split that is watched, or no such metric in it.
 * @see Prechelt, "Early Stopping - But When?", in Neural Networks: Tricks of the Trade (1998).
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { earlyStopping } from '@parsimony/early-stopping';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [earlyStopping({ monitor: 'accuracy', patience: 10 })],
 * });
 * trainer.explain().includes('@parsimony/early-stopping'); // => true
 * earlyStopping({ patience: -1 }); // throws earlyStopping: `patience` must be a whole number in [0, inf), received -1.
 * ```
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): AnyPlugin {
  const where = 'earlyStopping';
  checkOptions(where, options, [...monitorOptions, ...stoppingOptions, 'restoreBest', 'instance']);
  const watched = checkMonitor(where, options);
  const { monitor, split, mode, what } = watched;
  const rule = checkRule(where, { ...options, mode });
  const restoreBest = checkBoolean(where, 'restoreBest', options.restoreBest ?? true);
  return definePlugin({
    name: '@parsimony/early-stopping',
    version,
    apiVersion: 1,
    ...(options.instance !== undefined && { instance: options.instance }),
    options: { monitor, split, restoreBest, ...rule },
    claims: { reads: ['eval.weights'], ...(restoreBest && { writes: { 'kept.weights': 'replace' } }) },
    batchSemantics: 'per-sample',
    init: () => ({ tensors: {}, json: beginStopping as unknown as Json }),
    hooks: {
      fitStart(ctx) {
        checkWatched(where, watched, ctx);
        // The memory of the best weights is taken at the start: the first ones stand in until there has been a check.
        if (restoreBest && Object.keys(ctx.state.tensors).length === 0) {
          ctx.setState({ ...ctx.state, tensors: nn.packWeights(nn.holdWeights(ctx.weights)) });
        }
      },
      evalEnd(ctx) {
        const value = watchedValue(where, watched, ctx);
        if (value === undefined) return;
        const before = stoppingState(ctx.state);
        const check = { value, epoch: ctx.epoch, step: ctx.step };
        const { state, improved } = advance(before, check, rule);
        const best = improved && restoreBest;
        // Held, not copied: whoever changes these weights finds that he is not their only holder.
        ctx.setState({ tensors: best ? nn.packWeights(nn.holdWeights(ctx.weights)) : ctx.state.tensors, json: state as unknown as Json });
        if (best) ctx.keep(ctx.weights, describeBest(state, what));
        if (state.stop !== null) ctx.stop(explainStop(state, check.value, rule, what));
      },
      // In reverse order, 'pre' comes last: what other plugins keep at the end does not displace the best.
      fitEnd: {
        order: 'pre',
        handler(ctx) {
          const weights = nn.unpackWeights(ctx.state.tensors);
          const state = stoppingState(ctx.state);
          if (weights !== undefined && state.best !== null) ctx.keep(weights, describeBest(state, what), state.best);
        },
      },
    },
  });
}

const stoppingState = ({ json }: State): StoppingState => json as unknown as StoppingState;

const show6 = (value: number): string => String(Number(value.toPrecision(6)));

const describeBest = ({ best }: StoppingState, what: string): string =>
  (best === null ? `no ${what}` : `best ${what}, ${show6(best.value)} at epoch ${best.epoch + 1}, step ${best.step}`);

function explainStop(state: StoppingState, value: number, rule: StoppingRule, what: string): string {
  const best = describeBest(state, what);
  switch (state.stop) {
    case 'target': return `early stopping: the ${what} ${show6(value)} reached the target ${rule.target}`;
    case 'divergence': return `early stopping: the ${what} ${show6(value)} is worse than the threshold of divergence ${rule.divergence}; ${best}`;
    case 'non-finite': return `early stopping: the ${what} became ${value}; ${best}`;
    default: return `early stopping: no improvement in ${state.wait} check${state.wait === 1 ? '' : 's'}; ${best}`;
  }
}
