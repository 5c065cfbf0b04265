/** R-Drop: two passes with different masks, that are to agree. */
import {
  type AnyPlugin, checkNumber, checkOptions, definePlugin, detach, fail, type Finding, type Json, type LossFunction, type LossTerm, noGrad, ops, type Outputs, type PluginKey,
  type Scalar, type Schedule, strength, type Target, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { drawsAtRandom } from './drawing-modules';
import { rDropLoss } from './r-drop-loss';

const name = '@parsimony/dropout/r-drop';

export interface RDropOptions {
  /** Weight of the divergence, 0 or more: a number or a schedule of the step. At 0 there is one pass, as without the plugin. Default 1. */
  readonly alpha?: Schedule;
  /** Where the classes stand in the outputs. Default: as the loss says, 1 for [N, C, ...] if it says nothing. */
  readonly classAxis?: number;
}

/**
 * Trains on (L_1 + L_2) / 2 + alpha (KL(p_1 || p_2) + KL(p_2 || p_1)) / 2, where 1 and 2 are passes over the same batch with masks of
 * their own and L is the Trainer's loss. The divergence is the mean over the targets that count: ignored labels are left out and the
 * weights of targets hold; those of classes, which belong to labels, do not. A step costs two passes. Evaluation has the plain loss.
 *
 * @throws option: an unknown option or one out of range. In the fit, data: targets that are values.
 * @see Liang et al., "R-Drop: Regularized Dropout for Neural Networks", arXiv:2106.14448. Its equation 4 has
 * L_1 + L_2; its published code, and this, their mean.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { Dropout, rDrop } from '@parsimony/dropout';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new Dropout({ p: 0.1 }), new nn.Linear(16, 2)),
 *   loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [rDrop({ alpha: 1 })],
 * });
 * trainer.explain().includes('@parsimony/dropout/r-drop'); // => true
 * rDrop({ alpha: -1 }); // throws rDrop: `alpha` must be in [0, inf), received -1.
 * ```
 */
export function rDrop(options: RDropOptions = {}): AnyPlugin {
  const where = 'rDrop';
  checkOptions(where, options, ['alpha', 'classAxis']);
  const alpha = strength(where, 'alpha', options.alpha === undefined ? 1 : options.alpha, { min: 0 });
  const classAxis = options.classAxis === undefined ? undefined : checkNumber(where, 'classAxis', options.classAxis, { integer: true });
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { alpha: alpha.schedule, ...(classAxis !== undefined && { classAxis }) } as Json,
    claims: { reads: ['targets'], writes: { forward: 'add', loss: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      aroundForward(ctx, next) {
        const first = next();
        if (alpha.at(ctx) > 0) ctx.local.set('second', next());
        return first;
      },
      collectLossTerms(ctx): readonly LossTerm[] {
        const second = ctx.local.get('second') as Outputs | undefined;
        if (second === undefined) return [];
        const { outputs, target, lossOf } = ctx;
        const weights = weightsOf(target, lossOf);
        const divergence = rDropLoss(outputs as Tensor, second as Tensor, { classAxis: classAxis ?? numberOf(lossOf, 'classAxis') ?? 1, ...(weights && { weights }) });
        ctx.log('divergence', noGrad(() => ops.div(detach(divergence.sum), ops.maximum(divergence.denominator, 1e-12))) as Scalar);
        // The loss of the first pass is there once already: (L_1 + L_2) / 2 = L_1 - L_1 / 2 + L_2 / 2.
        return [
          { name: 'first', loss: lossOf(outputs, target), weight: -0.5 },
          { name: 'second', loss: lossOf(second, target), weight: 0.5 },
          { name: 'divergence', loss: divergence, weight: alpha.at(ctx) },
        ];
      },
    },
    check: (_, model): readonly Finding[] => (drawsAtRandom(model).length > 0 ? [] : [{
      severity: 'warning', code: 'r-drop-without-dropout', plugins: [name as PluginKey],
      message: 'rDrop: the model has no dropout, so both passes are the same and the second only costs time.', hint: 'Add dropout, or leave rDrop out.',
    }]),
  });
}

/** How much each target counts; undefined: all alike. */
function weightsOf(target: Target, loss: LossFunction): Tensor | undefined {
  if (target.kind === 'soft') return target.weights;
  if (target.kind === 'index') return ops.cast(ops.notEqual(target.labels, target.ignoreIndex ?? numberOf(loss, 'ignoreIndex') ?? -100), 'float32');
  return fail('data', "rDrop: expected class labels or distributions, received a target of kind 'value'. The divergence is between distributions over classes.");
}

/** What a loss states among its options. */
function numberOf({ options }: LossFunction, option: string): number | undefined {
  const value = (options as Readonly<Record<string, Json>> | null)?.[option];
  return typeof value === 'number' ? value : undefined;
}
