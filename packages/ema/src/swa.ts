/** Stochastic weight averaging: the mean of the weights that the last part of a run goes through. */
import { type AnyPlugin, checkBoolean, checkNumber, checkOptions, definePlugin, type FitContext, type Json, nn, type Weights } from '@parsimony/core';
import { version } from '../package.json';
import { type BufferRules, checkBuffers, updateAverage } from './average';
import { averageFindings, averageIn, type AverageOptions, averageOptions, checkAverage, claimsOf, evaluateBy, keepAverage } from './parts';

export interface SwaOptions extends AverageOptions {
  /** Steps before averaging begins, 0 or more. Default: three quarters of the fit. */
  readonly startStep?: number;
  /** Weights are taken after every step that is a multiple of this, 1 or more. Default: an epoch. */
  readonly everySteps?: number;
  /** Whether float buffers are averaged or copied: for all, or by glob. Default 'copy'. */
  readonly buffers?: BufferRules;
  /** Recompute the statistics of batch norms from the training data before the average is evaluated or kept. Default true. */
  readonly updateBatchNorm?: boolean;
}

/** `count`: weights taken so far. `fresh`: batch norms' statistics are those of the average. */
type SwaState = { readonly count: number; readonly fresh: boolean };

/**
 * average = (n average + weights) / (n + 1), n weights taken before: after each `everySteps`-th step from `startStep` on. Evaluations
 * from then on, and the model at the end of the fit, have the average, with batch norms' statistics recomputed for it by a pass
 * over the training data, in evaluation mode and batches of `evalBatchSize`. The rate should stay high meanwhile: `schedules.swa`.
 * Nothing is swapped: the model holds the weights that are trained until the fit has ended well.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: another average that is used.
 * @see Izmailov et al., "Averaging weights leads to wider optima and better generalization", arXiv:1803.05407; PyTorch's
 * `torch.optim.swa_utils`.
 * @example
 * ```ts
 * import { losses, nn, optim, schedules, Trainer } from '@parsimony/core';
 * import { swa } from '@parsimony/ema';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), seed: 7,
 *   optimizer: optim.sgd({ lr: schedules.swa({ value: schedules.cosine({ value: 0.1 }), swaLr: 0.05, annealSteps: 100 }) }),
 *   plugins: [swa()],
 * });
 * trainer.explain().includes('@parsimony/ema/swa'); // => true
 * swa({ everySteps: 0 }); // throws swa: `everySteps` must be a whole number in [1, inf), received 0.
 * ```
 */
export function swa(options: SwaOptions = {}): AnyPlugin {
  checkOptions('swa', options, ['startStep', 'everySteps', 'buffers', 'updateBatchNorm', ...averageOptions]);
  const { startStep, everySteps, buffers: rules = 'copy', updateBatchNorm = true } = options;
  if (startStep !== undefined) checkNumber('swa', 'startStep', startStep, { min: 0, integer: true });
  if (everySteps !== undefined) checkNumber('swa', 'everySteps', everySteps, { min: 1, integer: true });
  const buffers = checkBuffers('swa', rules);
  checkBoolean('swa', 'updateBatchNorm', updateBatchNorm);
  const own = checkAverage('swa', options);

  /** The average as it may be evaluated. */
  const ready = async (ctx: FitContext): Promise<Weights | undefined> => {
    const average = averageIn(ctx);
    const { count, fresh } = ctx.state.json as SwaState;
    if (average === undefined || fresh || !updateBatchNorm || !hasBatchNorm(ctx)) return average;
    const updated = await nn.updateBatchNorm(ctx.model, ctx.data.train(), { weights: average });
    ctx.setState({ tensors: nn.packWeights(updated), json: { count, fresh: true } });
    return updated;
  };

  return definePlugin({
    name: '@parsimony/ema/swa',
    version,
    apiVersion: 1,
    ...(own.instance !== undefined && { instance: own.instance }),
    options: { ...(startStep !== undefined && { startStep }), ...(everySteps !== undefined && { everySteps }), buffers, updateBatchNorm, ...own } as Json,
    claims: claimsOf(own.evaluate),
    batchSemantics: 'per-sample',
    init: () => ({ tensors: {}, json: { count: 0, fresh: false } }),
    hooks: {
      stepEnd(ctx) {
        const done = ctx.step + 1;
        const start = startStep ?? Math.floor(0.75 * ctx.totalSteps);
        if (done <= start || done % (everySteps ?? ctx.stepsPerEpoch) !== 0) return;
        const { count } = ctx.state.json as SwaState;
        const before = averageIn(ctx);
        // A step that was not applied left the weights as they were; they are taken as they are.
        const after = before === undefined ? nn.holdWeights(ctx.weights) : updateAverage(before, ctx.weights, { decay: count / (count + 1), buffers });
        ctx.setState({ tensors: nn.packWeights(after), json: { count: count + 1, fresh: false } });
      },
      // Innermost, so that the weights it hands on are those that are evaluated.
      aroundEval: {
        ...(own.evaluate === 'log' && { order: 'post' as const }),
        handler: async (ctx, next) => evaluateBy(own.evaluate, own.evaluate === 'none' ? undefined : await ready(ctx), ctx, next),
      },
      async fitEnd(ctx) { keepAverage(own.evaluate, await ready(ctx), ctx, 'stochastic weight average'); },
    },
    check: (peers) => averageFindings('@parsimony/ema/swa', own, peers),
  });
}

const hasBatchNorm = ({ model }: FitContext): boolean => model.namedModules().some(([, { traits }]) => traits?.batchStatistics);
