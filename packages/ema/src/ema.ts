/** The exponential moving average of the weights as a plugin: evaluated, and kept at the end, in place of the last weights. */
import { type AnyPlugin, checkNumber, checkOptions, definePlugin, type Inputs, type Json, nn, type Outputs, type Weights } from '@parsimony/core';
import { version } from '../package.json';
import { type BufferRules, checkBuffers, updateAverage } from './average';
import { checkDecay, decayAt, type EmaDecayOptions, decayOptions } from './decay';
import { averageFindings, averageIn, type AverageOptions, averageOptions, checkAverage, claimsOf, evaluateBy, keepAverage } from './parts';

export interface EmaOptions extends EmaDecayOptions, AverageOptions {
  /** Updates begin after this step, from the weights as they are then; before, evaluation sees the model's own. Default 0. */
  readonly startStep?: number;
  /** Steps from one update to the next, 1 or more. Default 1. */
  readonly everySteps?: number;
  /** Whether float buffers (running statistics) are averaged or copied: for all, or by glob. Default 'average'. */
  readonly buffers?: BufferRules;
}

/** What the plugin offers to others, by `ctx.api('@parsimony/ema')`: of several instances the first. */
export interface EmaApi {
  /** The average in the fit that trains this model; undefined before the first update. It is the plugin's own: hold it to keep it. */
  averageOf(model: nn.Module<Inputs, Outputs>): Weights | undefined;
}
declare module '@parsimony/core' {
  interface PluginApiMap { '@parsimony/ema': EmaApi }
}

/**
 * Keeps average = decay_s average + (1 - decay_s) weights beside the training; evaluation and the end of the fit use the average. A step
 * that was not applied does not move it, though s counts it. The first update copies the weights, as PyTorch's `AveragedModel` does. Nothing is
 * swapped: the model holds the weights that are trained until the fit has ended well. Several averages go together by `instance`.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: another average that is used.
 * @see Izmailov et al., arXiv:1803.05407, for averages of weights; the warm-up is that of the `ema_pytorch` package.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { ema } from '@parsimony/ema';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [ema({ decay: 0.999 })],
 * });
 * trainer.explain().includes('@parsimony/ema'); // => true
 * ema({ decay: 1.5 }); // throws ema: `decay` must be in [0, 1], received 1.5.
 * ```
 */
export function ema(options: EmaOptions = {}): AnyPlugin {
  checkOptions('ema', options, [...decayOptions, 'startStep', 'everySteps', 'buffers', ...averageOptions]);
  const average = checkAverage('ema', options);
  const { startStep = 0, everySteps = 1, buffers: rules = 'average' } = options;
  checkNumber('ema', 'startStep', startStep, { min: 0, integer: true });
  checkNumber('ema', 'everySteps', everySteps, { min: 1, integer: true });
  const decay = checkDecay('ema', options, everySteps);
  const buffers = checkBuffers('ema', rules);
  const averages = new WeakMap<nn.Module<Inputs, Outputs>, Weights | undefined>();
  const api: EmaApi = { averageOf: (model) => averages.get(model) };
  return definePlugin({
    name: '@parsimony/ema',
    version,
    apiVersion: 1,
    ...(average.instance !== undefined && { instance: average.instance }),
    options: { ...decay.recorded, warmup: decay.warmup ?? false, startStep, everySteps, buffers, ...average } as Json,
    claims: claimsOf(average.evaluate),
    batchSemantics: 'per-sample',
    init: () => ({ tensors: {}, json: null }),
    api,
    hooks: {
      // A fit that goes on has an average already, and a fresh one has none of an earlier fit.
      fitStart(ctx) { averages.set(ctx.model, averageIn(ctx)); },
      stepEnd(ctx) {
        const since = ctx.step - startStep;
        if (since < 0 || since % everySteps !== 0) return;
        const before = averageIn(ctx);
        const kept = decayAt(decay, since / everySteps, ctx);
        // A decay of 0 is the weights to the bit, which a + 1 (b - a) is not.
        const after = before === undefined || kept === 0
          ? nn.holdWeights(ctx.weights)
          : updateAverage(before, ctx.weights, { decay: kept, buffers, gate: ctx.applied });
        ctx.setState({ tensors: nn.packWeights(after), json: null });
        averages.set(ctx.model, averageIn(ctx));
      },
      // Innermost, so that the weights it hands on are those that are evaluated.
      aroundEval: {
        ...(average.evaluate === 'log' && { order: 'post' as const }),
        handler: (ctx, next) => evaluateBy(average.evaluate, averageIn(ctx), ctx, next),
      },
      fitEnd(ctx) {
        keepAverage(average.evaluate, averageIn(ctx), ctx, 'exponential moving average of the weights');
        averages.delete(ctx.model);
      },
    },
    check: (peers) => averageFindings('@parsimony/ema', average, peers),
  });
}
