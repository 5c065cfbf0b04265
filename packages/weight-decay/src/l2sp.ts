/** L2-SP: weights are drawn towards where fine-tuning began, not towards 0. */
import {
  type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, detach, fail, type Finding, globMatch, type Grads, type Json, ops, type Params, type PluginKey, type Scalar, scalar, type Schedule,
  scope, show, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { adaptiveFindings } from './adaptive';
import { orDefault } from './options';
import { scaled } from './rules';
import { changeSelected, checkSelection, type FactorOptions, select, type Selected, selectionFindings } from './selection';

const name = '@parsimony/weight-decay/l2sp' as PluginKey;

export interface L2spOptions extends FactorOptions {
  /** Strength of the pull towards the start, 0 or more: a number or a schedule of the step. Default 0.01. */
  readonly alpha?: Schedule;
  /** Strength of L2 on new parameters, which have no start worth keeping, 0 or more: a number or a schedule of the step. Default 0.01. */
  readonly beta?: Schedule;
  /** Globs over the paths of new parameters, as a fresh head: `['head.**']`. Default none. */
  readonly fresh?: readonly string[];
}

/**
 * strength / 2 sum (w - w_0)^2 over the parameters that are in `start`: to be added to a loss.
 *
 * @param params - By path.
 * @param start - What they are drawn to, by path; the same shapes.
 * @throws option: a strength below 0, or a start without its parameter.
 * @see Li, Grandvalet and Davoine, "Explicit Inductive Bias for Transfer Learning with Convolutional Networks", arXiv:1802.01483.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { l2spPenalty } from '@parsimony/weight-decay';
 * await ready();
 * await l2spPenalty({ weight: tensor([[3, 1]]) }, { weight: tensor([[1, 1]]) }, 0.5).item(); // => 1
 * ```
 */
export function l2spPenalty(params: Params, start: Params, alpha: number): Scalar {
  checkNumber('l2spPenalty', 'alpha', alpha, { min: 0 });
  checkTensors('l2spPenalty', 'params', params);
  checkTensors('l2spPenalty', 'start', start);
  return scope(() => Object.entries(start).map(([path, from]) => {
    const w = params[path] ?? fail('option', `l2spPenalty: there is no parameter \`${path}\`; there are: ${Object.keys(params).join(', ') || 'none'}.`);
    return ops.mul(ops.sum(ops.square(ops.sub(w, from))), alpha / 2);
  }).reduce((a, b) => ops.add(a, b), scalar(0)) as Scalar);
}

/**
 * L2-SP for the Trainer: alpha (w - w_0) joins the gradient of the loss, after any clipping, with w_0 the weights that the fit began with:
 * load pretrained ones into the model first. The parameters that `fresh` matches get L2 of strength `beta` instead. The start is in the
 * plugin's state, so a fit that is resumed is drawn to the same. It owns the decay, so no other stands beside it. Biases and
 * one-dimensional parameters are left alone unless included. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter,
 * another plugin that owns the decay, or an optimizer that was given one that is not 0.
 * @see Li, Grandvalet and Davoine, "Explicit Inductive Bias for Transfer Learning with Convolutional Networks", arXiv:1802.01483.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { l2sp } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)), loss: losses.crossEntropy(),
 *   optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [l2sp({ alpha: 0.1, fresh: ['2.**'] })],
 * });
 * const lines = trainer.explain().split('\n').filter((line) => line.includes('weight '));
 * lines.map((line) => line.slice(line.indexOf('l2sp'))); // => ['l2sp: pulled to the start, alpha 0.1', "l2sp: decayed, fresh by '2.**'"]
 * ```
 */
export function l2sp(options: L2spOptions = {}): AnyPlugin {
  checkOptions('l2sp', options, ['alpha', 'beta', 'fresh', 'exclude', 'include', 'factors']);
  const alpha = strength('l2sp', 'alpha', orDefault(options.alpha, 0.01), { min: 0 });
  const beta = strength('l2sp', 'beta', orDefault(options.beta, 0.01), { min: 0 });
  const { fresh = [] } = options;
  if (!Array.isArray(fresh) || fresh.some((glob) => typeof glob !== 'string' || glob === '')) fail('option', `l2sp: \`fresh\` must be a list of globs over parameter paths, such as ['head.**'], received ${show(fresh)}.`);
  const selection = checkSelection('l2sp', options);
  const freshBy = (path: string): string | undefined => (fresh as readonly string[]).find((glob) => globMatch(glob, path));
  const selected = (parameters: Parameters<typeof select>[1]): Selected[] => select('l2sp', parameters, selection, 'pulled to the start');
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { alpha: alpha.schedule, beta: beta.schedule, fresh, ...selection } as unknown as Json,
    claims: { reads: ['params'], writes: { 'params.decay': 'exclusive', grads: 'add' } },
    batchSemantics: 'per-sample',
    init(model) {
      const params = model.parameters();
      const drawn = selected(params).filter(({ path, factor }) => factor > 0 && freshBy(path) === undefined);
      return { tensors: Object.fromEntries(drawn.map(({ path }) => [path, detach(params[path] as Tensor)])), json: null };
    },
    hooks: {
      collectParamGroups: (ctx) => selected(ctx.model.parameterShapes()).map(({ path, factor, reason }) => {
        const glob = freshBy(path);
        if (factor === 0) return { match: path, reason };
        if (glob !== undefined) return { match: path, weightDecay: scaled(beta.schedule, factor), decayKind: 'coupled' as const, reason: `decayed, fresh by '${glob}'` };
        return { match: path, reason: `${reason}, alpha ${typeof alpha.schedule === 'number' ? Number((alpha.schedule * factor).toPrecision(6)) : 'scheduled'}` };
      }),
      transformGrads: {
        order: 'post',
        handler(grads, ctx): Grads | undefined {
          const now = alpha.at(ctx);
          const { state: { tensors: start }, weights: { params } } = ctx;
          return now === 0 ? undefined : changeSelected(grads, selected(params), (g, factor, path) => {
            const from = start[path];
            return from ? ops.add(g, ops.mul(ops.sub(params[path] as Tensor, from), now * factor)) : g;
          });
        },
      },
    },
    check(_, model, settings): readonly Finding[] {
      const shapes = model.parameterShapes();
      return [
        ...selectionFindings('l2sp', name, shapes, { ...selection, include: [...selection.include, ...fresh as readonly string[]] }),
        ...adaptiveFindings('l2sp', name, settings, 'Use SGD with momentum, as the paper does, or mixout.'),
      ];
    },
  });
}
