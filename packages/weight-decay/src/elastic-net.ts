/** The elastic net: L1 and L2 together, through the gradient or, for exact zeros, as a step of its own. */
import {
  type AnyPlugin, checkBoolean, checkNumber, checkOptions, definePlugin, type Finding, type Json, ops, type Params, type PluginInfo, type PluginKey, type Scalar, type Schedule,
  scope, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { adaptiveFindings } from './adaptive';
import { l1Norm } from './l1';
import { halfSquares } from './l2';
import { orDefault } from './options';
import { penalty, type PenaltyCall } from './penalty';
import { softThreshold } from './proximal';
import { scaled } from './rules';
import { changeSelected, checkSelection, type FactorOptions, select, type Selected, selectionFindings, selectionGroups } from './selection';
import { signGradients } from './subgradient';

const name = '@parsimony/weight-decay/elastic-net' as PluginKey;

const l1Name = '@parsimony/weight-decay/l1' as PluginKey;

const isProximalL1 = ({ name: own, options }: PluginInfo): boolean => own === l1Name && (options as { readonly proximal?: boolean }).proximal === true;

const twoThresholds: Finding = {
  severity: 'error', code: 'two-thresholds', plugins: [name, l1Name],
  message: 'elasticNet and l1 would both take the weights towards 0 after each step; elasticNet has an `l1` of its own.',
  hint: 'Add the `lambda` of l1 to it, and leave l1 out.',
};

export interface ElasticNetStrengths {
  /** Strength of sum |w|, 0 or more: a number or a schedule of the step. Default 1e-5. */
  readonly l1?: Schedule;
  /** Strength of sum w^2 / 2, 0 or more: a number or a schedule of the step. Default 1e-4. */
  readonly l2?: Schedule;
}

export interface ElasticNetOptions extends ElasticNetStrengths, FactorOptions {
  /** As a step of its own after the optimizer's, which gives exact zeros and does not adapt. Default false: both join the gradient. */
  readonly proximal?: boolean;
}

/**
 * l1 sum |w| + l2 / 2 sum w^2 over the selected parameters, whose gradient is l1 sign(w) + l2 w: to be added to a loss.
 *
 * @param params - By path. Biases and one-dimensional ones are left out unless included.
 * @throws option: an unknown option, one out of range, or a glob that matches no parameter.
 * @see Zou and Hastie, "Regularization and variable selection via the elastic net" (2005).
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { elasticNetPenalty } from '@parsimony/weight-decay';
 * await ready();
 * await elasticNetPenalty({ weight: tensor([[1, -3]]) }, { l1: 0.5, l2: 0.2 }).item(); // => 3
 * ```
 */
export function elasticNetPenalty(params: Params, options: ElasticNetStrengths & FactorOptions & PenaltyCall = {}): Scalar {
  checkOptions('elasticNetPenalty', options, ['l1', 'l2', 'exclude', 'include', 'factors', 'progress']);
  const { l1, l2, ...rest } = options;
  const part = (option: 'l1' | 'l2', lambda: Schedule | undefined, byDefault: number, of: (w: Tensor) => Tensor): Scalar =>
    penalty('elasticNetPenalty', params, { ...rest, ...(lambda !== undefined && { lambda }) }, byDefault, of, option);
  return scope(() => ops.add(part('l1', l1, 1e-5, l1Norm), part('l2', l2, 1e-4, halfSquares)) as Scalar);
}

/**
 * sign(w) max(|w| - l1, 0) / (1 + l2): what minimizes l1 |v| + l2 / 2 v^2 + (v - w)^2 / 2, the proximal step with the learning
 * rate in both strengths.
 *
 * @param w - Any shape; float32.
 * @throws option: a strength below 0, or an unknown option.
 * @see Parikh and Boyd, "Proximal Algorithms" (2014), section 6.5.3.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { elasticThreshold } from '@parsimony/weight-decay';
 * await ready();
 * await elasticThreshold(tensor([-2, 0.25, 3.5]), { l1: 0.5, l2: 1 }).array(); // => [-0.75, 0, 1.5]
 * ```
 */
export function elasticThreshold(w: Tensor, options: { readonly l1: number; readonly l2: number }): Tensor {
  checkOptions('elasticThreshold', options, ['l1', 'l2']);
  const [l1, l2] = [checkNumber('elasticThreshold', 'l1', options.l1, { min: 0 }), checkNumber('elasticThreshold', 'l2', options.l2, { min: 0 })];
  return scope(() => ops.div(softThreshold(w, l1), 1 + l2));
}

/**
 * The elastic net for the Trainer: the gradient l1 sign(w) + l2 w joins that of the loss, after any clipping; or `proximal`, which makes
 * weights exactly 0. It owns the decay, so no other stands beside it. The loss that is reported is without it. Nothing
 * happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter,
 * another plugin that owns the decay, an optimizer that was given one that is not 0, or, where both are proximal, `l1`.
 * @see Zou and Hastie, "Regularization and variable selection via the elastic net" (2005).
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { elasticNet } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [elasticNet({ l1: 1e-3, l2: 1e-2 })],
 * });
 * trainer.explain().includes('elastic-net: penalized, l1 0.001, l2 0.01'); // => true
 * elasticNet({ l1: -1 }); // throws elasticNet: `l1` must be in [0, inf), received -1.
 * ```
 */
export function elasticNet(options: ElasticNetOptions = {}): AnyPlugin {
  const where = 'elasticNet';
  checkOptions(where, options, ['l1', 'l2', 'proximal', 'exclude', 'include', 'factors']);
  const l1 = strength(where, 'l1', orDefault(options.l1, 1e-5), { min: 0 });
  const l2 = strength(where, 'l2', orDefault(options.l2, 1e-4), { min: 0 });
  const proximal = checkBoolean(where, 'proximal', orDefault(options.proximal, false));
  const selection = checkSelection(where, options);
  const selected = (parameters: Parameters<typeof select>[1]): Selected[] => select(where, parameters, selection, proximal ? 'shrunk' : 'penalized');
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { l1: l1.schedule, l2: l2.schedule, proximal, ...selection } as unknown as Json,
    claims: { reads: ['params'], writes: { 'params.decay': 'exclusive', ...(proximal ? { params: 'replace' } : { grads: 'add' }) } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups(ctx) {
        const found = selected(ctx.model.parameterShapes());
        const said = selectionGroups(found, { l1: l1.schedule, l2: l2.schedule });
        // The optimizer takes the L2 part through the gradient; as a proximal step none is left for it.
        return proximal ? said : said.map((group, i) => ({ ...group, weightDecay: scaled(l2.schedule, found[i]?.factor ?? 0), decayKind: 'coupled' as const }));
      },
      ...(proximal ? {
        transformParams: {
          after: [l1Name],
          handler(params, ctx) {
            const [one, two] = [l1.at(ctx), l2.at(ctx)];
            if (one === 0 && two === 0) return undefined;
            return changeSelected(params, selected(params), (w, factor, path) => {
              const rate = ctx.lr(path) * factor;
              return elasticThreshold(w, { l1: rate * one, l2: rate * two });
            });
          },
        },
      } : {
        transformGrads: signGradients(l1, selected),
      }),
    },
    check: (peers, model, settings): readonly Finding[] => [
      ...(proximal && peers.some(isProximalL1) ? [twoThresholds] : []),
      ...selectionFindings(where, name, model.parameterShapes(), selection),
      ...(proximal ? [] : adaptiveFindings(where, name, settings, 'Use `proximal: true`, whose threshold does not adapt.')),
    ],
  });
}
