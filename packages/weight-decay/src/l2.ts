/** L2: a penalty on the squares of the weights, through the gradient. */
import { type AnyPlugin, checkOptions, definePlugin, type Finding, type Json, ops, type Params, type PluginKey, type Scalar, type Schedule, strength, type Tensor } from '@parsimony/core';
import { version } from '../package.json';
import { adaptiveFindings } from './adaptive';
import { orDefault } from './options';
import { penalty, type PenaltyCall } from './penalty';
import { scaled } from './rules';
import { checkSelection, type FactorOptions, select, selectionFindings } from './selection';

const name = '@parsimony/weight-decay/l2' as PluginKey;

export interface L2Options extends FactorOptions {
  /** Strength, 0 or more: a number or a schedule of the step. Default 1e-4. */
  readonly lambda?: Schedule;
}

/**
 * lambda / 2 sum w^2 over the selected parameters, whose gradient is lambda w: to be added to a loss.
 *
 * @param params - By path. Biases and one-dimensional ones are left out unless included.
 * @throws option: an unknown option, one out of range, or a glob that matches no parameter.
 * @see Krogh and Hertz, "A simple weight decay can improve generalization" (NIPS 1991).
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { l2Penalty } from '@parsimony/weight-decay';
 * await ready();
 * await l2Penalty({ weight: tensor([[1, -2]]), bias: tensor([9]) }, { lambda: 0.2 }).item(); // => 0.5
 * ```
 */
export function l2Penalty(params: Params, options: L2Options & PenaltyCall = {}): Scalar {
  return penalty('l2Penalty', params, options, 1e-4, halfSquares);
}

/** @internal sum w^2 / 2. */
export const halfSquares = (w: Tensor): Tensor => ops.mul(ops.sum(ops.square(w)), 0.5);

/**
 * L2 regularization for the Trainer: the gradient of lambda / 2 sum w^2, lambda w, joins that of the loss, within the optimizer's own update
 * and so after any clipping. With SGD it is PyTorch's `weight_decay`. The loss that is reported is without it.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter,
 * another plugin that owns the decay (`weightDecay`), or an optimizer that was given one that is not 0.
 * @see Krogh and Hertz, "A simple weight decay can improve generalization" (NIPS 1991).
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { l2 } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [l2({ lambda: 1e-3 })],
 * });
 * trainer.explain().includes('decay 0.001 (coupled)'); // => true
 * l2({ lambda: -1 }); // throws l2: `lambda` must be in [0, inf), received -1.
 * ```
 */
export function l2(options: L2Options = {}): AnyPlugin {
  checkOptions('l2', options, ['lambda', 'exclude', 'include', 'factors']);
  const lambda = strength('l2', 'lambda', orDefault(options.lambda, 1e-4), { min: 0 }).schedule;
  const selection = checkSelection('l2', options);
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { lambda, ...selection } as unknown as Json,
    claims: { writes: { 'params.decay': 'exclusive' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => select('l2', ctx.model.parameterShapes(), selection, 'penalized')
        .map(({ path, factor, reason }) => ({ match: path, weightDecay: scaled(lambda, factor), decayKind: 'coupled' as const, reason })),
    },
    check: (_, model, settings): readonly Finding[] => [
      ...selectionFindings('l2', name, model.parameterShapes(), selection),
      ...adaptiveFindings('l2', name, settings, 'Use weightDecay, which takes the decay off the weights themselves.'),
    ],
  });
}
