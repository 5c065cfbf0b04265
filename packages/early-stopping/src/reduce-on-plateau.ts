/** Reduction of the learning rate on a plateau as a plugin. */
import { type AnyPlugin, checkOptions, definePlugin, type Json, schedules } from '@parsimony/core';
import { version } from '../package.json';
import { checkMonitor, checkWatched, monitorOptions, type MonitorOptions, watchedValue } from './monitor';

export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** The rate is multiplied by this, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** Checks without improvement that are let pass, 0 or more. Default 10. */
  readonly patience?: number;
  /** Size an improvement must have, 0 or more. Default 1e-4. */
  readonly threshold?: number;
  /** 'rel': better than best * (1 -+ threshold); 'abs': than best -+ threshold. Default 'rel'. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Checks after a reduction that do not count, 0 or more. Default 0. */
  readonly cooldown?: number;
  /** The rate never falls below this share of what it would be, in [0, 1]. Default 0. */
  readonly minScale?: number;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

const plateauOptions = ['factor', 'patience', 'threshold', 'thresholdMode', 'cooldown', 'minScale'] as const;

/**
 * Watches a value of each evaluation, and multiplies the learning rate of all parameters by `factor` when more than `patience` checks
 * in a row brought no improvement: PyTorch's `ReduceLROnPlateau`, on top of whatever schedule the optimizer follows.
 *
 * @throws option: an unknown option or one out of range. config: a fit without the split that is watched, or no such metric in it.
 * @see PyTorch's `ReduceLROnPlateau`, whose rule it keeps; its `min_lr` is `minScale` times the rate.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { reduceOnPlateau } from '@parsimony/early-stopping';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [reduceOnPlateau({ monitor: 'accuracy', factor: 0.5, patience: 3 })],
 * });
 * trainer.explain().includes('@parsimony/early-stopping/reduce-on-plateau'); // => true
 * reduceOnPlateau({ factor: 2 }); // throws reduceOnPlateau: `factor` must be in (0, 1), received 2.
 * ```
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): AnyPlugin {
  const where = 'reduceOnPlateau';
  checkOptions(where, options, [...monitorOptions, ...plateauOptions, 'instance']);
  const watched = checkMonitor(where, options);
  const { monitor, split, mode } = watched;
  const given = Object.fromEntries(plateauOptions.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  const plateau = schedules.plateau({ ...given, mode }, where);
  return definePlugin({
    name: '@parsimony/early-stopping/reduce-on-plateau',
    version,
    apiVersion: 1,
    ...(options.instance !== undefined && { instance: options.instance }),
    options: { monitor, split, ...plateau.options },
    claims: { reads: ['eval.weights'], writes: { lr: 'affine' } },
    batchSemantics: 'per-sample',
    init: () => ({ tensors: {}, json: plateau.initial as unknown as Json }),
    hooks: {
      fitStart: (ctx) => { checkWatched(where, watched, ctx); },
      evalEnd(ctx) {
        const value = watchedValue(where, watched, ctx);
        if (value === undefined) return;
        const before = ctx.state.json as unknown as schedules.PlateauState;
        const after = plateau.update(before, value);
        ctx.setState({ tensors: {}, json: after as unknown as Json });
        if (after.scale !== before.scale) ctx.lrScale('**', after.scale);
      },
    },
  });
}
