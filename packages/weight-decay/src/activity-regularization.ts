/** Penalties on activations: what layers put out, not what they weigh. */
import {
  type AnyPlugin, checkNumber, checkOptions, checkTensor, definePlugin, fail, type Finding, globMatch, type Json, type LossTerm, ops, type PluginKey, scalar, type Scalar, type Schedule,
  scope, show, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { orDefault } from './options';

const name = '@parsimony/weight-decay/activity' as PluginKey;

export interface ActivityRegularizationOptions {
  /** A glob over module paths: `'1'`, `'encoder.**.relu'`. Required. */
  readonly match: string;
  /** Strength of sum |a|, 0 or more: a number or a schedule of the step. Default 0; one of the two must be given. */
  readonly l1?: Schedule;
  /** Strength of sum a^2, 0 or more: a number or a schedule of the step. Default 0. */
  readonly l2?: Schedule;
}

/**
 * l1 sum |a| + l2 sum a^2 of activations, over all samples; divide by their number for Keras' `ActivityRegularization`.
 *
 * @param a - Any shape; float32.
 * @throws option: a strength below 0, or an unknown option.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { activityPenalty } from '@parsimony/weight-decay';
 * await ready();
 * await activityPenalty(tensor([[1, -2], [0, 3]]), { l1: 0.5, l2: 1 }).item(); // => 17
 * ```
 */
export function activityPenalty(a: Tensor, options: { readonly l1?: number; readonly l2?: number }): Scalar {
  checkOptions('activityPenalty', options, ['l1', 'l2']);
  const [l1, l2] = [checkNumber('activityPenalty', 'l1', orDefault(options.l1, 0), { min: 0 }), checkNumber('activityPenalty', 'l2', orDefault(options.l2, 0), { min: 0 })];
  checkTensor('activityPenalty', 'a', a);
  return scope(() => {
    const terms = [...(l1 > 0 ? [ops.mul(ops.sum(ops.abs(a)), l1)] : []), ...(l2 > 0 ? [ops.mul(ops.sum(ops.square(a)), l2)] : [])];
    return terms.reduce((x, y) => ops.add(x, y), scalar(0)) as Scalar;
  });
}

/**
 * Adds (l1 sum |a| + l2 sum a^2) / N over the outputs a of every module that `match` names to the loss of the Trainer, with N the samples: L1 for
 * few units that speak at a time, L2 for activations that stay small. A module that runs several times counts each time; of several passes
 * the mean counts. Dropout behind a module comes after its output. Nothing happens in evaluation.
 *
 * @throws option: no `match`, neither strength, an unknown option or one out of range. When the plan is built, conflict: a glob that matches no module.
 * @see Keras' `ActivityRegularization`; Merity et al., "Revisiting Activation Regularization for Language RNNs", arXiv:1708.01009.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { activityRegularization } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)), loss: losses.crossEntropy(),
 *   optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [activityRegularization({ match: '1', l1: 1e-4 })],
 * });
 * trainer.explain().includes('activity: of 1'); // => true
 * activityRegularization({ match: '1' }); // throws activityRegularization: give `l1` or `l2`, or both.
 * ```
 */
export function activityRegularization(options: ActivityRegularizationOptions): AnyPlugin {
  const where = 'activityRegularization';
  checkOptions(where, options, ['match', 'l1', 'l2']);
  const { match } = options;
  if (typeof match !== 'string') fail('option', `${where}: \`match\` must be a glob over module paths, such as 'layers.*', received ${show(match)}.`);
  if (options.l1 === undefined && options.l2 === undefined) fail('option', `${where}: give \`l1\` or \`l2\`, or both.`);
  const l1 = strength(where, 'l1', orDefault(options.l1, 0), { min: 0 });
  const l2 = strength(where, 'l2', orDefault(options.l2, 0), { min: 0 });
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { match, l1: l1.schedule, l2: l2.schedule } as Json,
    claims: { reads: ['activations'], writes: { loss: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformActivation: {
        order: 'post',
        handler: {
          match,
          handler(a, { local }) {
            local.set('seen', [...local.get('seen') as Tensor[] | undefined ?? [], a]);
            return undefined;
          },
        },
      },
      collectLossTerms(ctx): readonly LossTerm[] {
        const strengths = { l1: l1.at(ctx), l2: l2.at(ctx) };
        if (strengths.l1 === 0 && strengths.l2 === 0) return [];
        const seen = (ctx.local.get('seen') as readonly Tensor[] | undefined ?? []).filter(({ dtype }) => dtype === 'float32');
        if (seen.length === 0) return [];
        const sum = seen.map((a) => activityPenalty(a, strengths)).reduce((a, b) => ops.add(a, b) as Scalar);
        return [{ name: 'activity', loss: { sum, denominator: scalar(ctx.batch.size * (ctx.pass + 1)) }, weight: 1 }];
      },
    },
    check(_, model): readonly Finding[] {
      const paths = model.namedModules().map(([path]) => path);
      const found = paths.filter((path) => globMatch(match, path));
      return [found.length > 0
        ? { severity: 'info', code: 'activity', plugins: [name], message: `of ${found.join(', ')}` }
        : { severity: 'error', code: 'activity-glob', plugins: [name], message: `${where}: '${match}' matches no module; the model has: ${paths.filter((path) => path !== '').join(', ') || 'none'}.`, hint: '`*` stands for anything within a segment of a path, `**` for any run of segments.' }];
    },
  });
}
