/** L1: a penalty on the magnitudes of the weights, through the gradient or, for exact zeros, as a step of its own. */
import {
  type AnyPlugin, checkBoolean, checkOptions, definePlugin, type Finding, type FitContext, type Json, ops, type ParamGroup, type Params, type PluginKey, type Scalar, type Schedule, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { adaptiveFindings } from './adaptive';
import { orDefault } from './options';
import { penalty, type PenaltyCall } from './penalty';
import { softThreshold } from './proximal';
import { changeSelected, checkSelection, type FactorOptions, select, type Selected, selectionFindings, selectionGroups } from './selection';
import { signGradients } from './subgradient';

const name = '@parsimony/weight-decay/l1' as PluginKey;

export interface L1Options extends FactorOptions {
  /** Strength, 0 or more: a number or a schedule of the step. Default 1e-5. */
  readonly lambda?: Schedule;
  /**
   * After the step every weight moves towards 0 by lr lambda, and stays there where it arrives: exact zeros. The threshold does not
   * adapt with the optimizer. Default false: the gradient lambda sign(w) joins that of the loss.
   */
  readonly proximal?: boolean;
}

/**
 * lambda sum |w| over the selected parameters, whose gradient is lambda sign(w): to be added to a loss.
 *
 * @param params - By path. Biases and one-dimensional ones are left out unless included.
 * @throws option: an unknown option, one out of range, or a glob that matches no parameter.
 * @see Tibshirani, "Regression shrinkage and selection via the lasso" (1996).
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { l1Penalty } from '@parsimony/weight-decay';
 * await ready();
 * await l1Penalty({ weight: tensor([[1, -3]]), bias: tensor([9]) }, { lambda: 0.5 }).item(); // => 2
 * ```
 */
export function l1Penalty(params: Params, options: Omit<L1Options, 'proximal'> & PenaltyCall = {}): Scalar {
  return penalty('l1Penalty', params, options, 1e-5, l1Norm);
}

/** @internal sum |w|. */
export const l1Norm = (w: Tensor): Tensor => ops.sum(ops.abs(w));

/**
 * L1 regularization for the Trainer: lambda sign(w) joins the gradient of the loss, after any clipping; or `proximal`, which makes
 * weights exactly 0. The loss that is reported is without it. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter.
 * @see Tibshirani, "Regression shrinkage and selection via the lasso" (1996); Daubechies et al. (2004) for the threshold.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { l1 } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [l1({ lambda: 1e-3, proximal: true })],
 * });
 * trainer.explain().includes('@parsimony/weight-decay/l1'); // => true
 * l1({ lambda: -1 }); // throws l1: `lambda` must be in [0, inf), received -1.
 * ```
 */
export function l1(options: L1Options = {}): AnyPlugin {
  checkOptions('l1', options, ['lambda', 'proximal', 'exclude', 'include', 'factors']);
  const lambda = strength('l1', 'lambda', orDefault(options.lambda, 1e-5), { min: 0 });
  const proximal = checkBoolean('l1', 'proximal', orDefault(options.proximal, false));
  const selection = checkSelection('l1', options);
  const selected = (params: Params): Selected[] => select('l1', params, selection, 'penalized');
  const collectParamGroups = (ctx: FitContext): ParamGroup[] => selectionGroups(select('l1', ctx.model.parameterShapes(), selection, 'penalized'), { lambda: lambda.schedule });
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { lambda: lambda.schedule, proximal, ...selection } as unknown as Json,
    claims: proximal ? { writes: { params: 'replace' } } : { reads: ['params'], writes: { grads: 'add' } },
    batchSemantics: 'per-sample',
    hooks: proximal ? {
      collectParamGroups,
      transformParams(params, ctx) {
        const now = lambda.at(ctx);
        return now === 0 ? undefined : changeSelected(params, selected(params), (w, factor, path) => softThreshold(w, ctx.lr(path) * now * factor));
      },
    } : {
      collectParamGroups,
      transformGrads: signGradients(lambda, selected),
    },
    check: (_, model, settings): readonly Finding[] => [
      ...selectionFindings('l1', name, model.parameterShapes(), selection),
      ...(proximal ? [] : adaptiveFindings('l1', name, settings, 'Use `proximal: true`, whose threshold does not adapt.')),
    ],
  });
}
