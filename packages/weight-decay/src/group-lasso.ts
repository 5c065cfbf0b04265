/** Group lasso: whole rows, columns or channels of a weight become exactly 0. */
import {
  type AnyPlugin, checkBoolean, checkNumber, checkOptions, definePlugin, type Finding, type Json, ops, type Params, type PluginKey, type Scalar, type Schedule, scope,
  strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { orDefault } from './options';
import { penalty, type PenaltyCall } from './penalty';
import { changeSelected, checkSelection, type FactorOptions, select, type Selected, selectionGroups } from './selection';
import { unitFindings, unitLengths } from './units';

const name = '@parsimony/weight-decay/group-lasso' as PluginKey;

export interface GroupOptions {
  /** The axis along which the groups stand, each all that has one index there. 0: rows, the weights into a unit or output channel; 1: columns, the weights out of an input. Default 0. */
  readonly axis?: number;
  /** The strength of a group of n weights times sqrt(n), so that large and small groups are alike. Default true. */
  readonly scaleBySize?: boolean;
}

export interface GroupLassoOptions extends GroupOptions, FactorOptions {
  /** Strength, 0 or more: a number or a schedule of the step. Default 1e-4. */
  readonly lambda?: Schedule;
}

/**
 * w_g max(0, 1 - threshold / |w_g|) for each group w_g along an axis: shorter by `threshold`, and exactly 0 within it.
 *
 * @param w - Any shape with that axis; float32.
 * @param options - `threshold`: 0 or more; `axis` (default 0).
 * @throws option: an unknown option or one out of range. shape: no such axis.
 * @see Yuan and Lin, "Model selection and estimation in regression with grouped variables" (2006).
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { groupThreshold } from '@parsimony/weight-decay';
 * await ready();
 * await groupThreshold(tensor([[6, 8], [0.3, 0.4]]), { threshold: 5 }).array();          // => [[3, 4], [0, 0]]
 * await groupThreshold(tensor([[3, 0.1], [4, 0.2]]), { threshold: 1, axis: 1 }).array(); // => [[2.4, 0], [3.2, 0]]
 * ```
 */
export function groupThreshold(w: Tensor, options: { readonly threshold: number; readonly axis?: number }): Tensor {
  checkOptions('groupThreshold', options, ['threshold', 'axis']);
  const threshold = checkNumber('groupThreshold', 'threshold', options.threshold, { min: 0 });
  const axis = checkNumber('groupThreshold', 'axis', orDefault(options.axis, 0), { integer: true });
  return scope(() => {
    const { lengths } = unitLengths('groupThreshold', w, axis);
    return ops.mul(w, ops.where(ops.greater(lengths, threshold), ops.div(ops.sub(lengths, threshold), ops.maximum(lengths, 1e-30)), 0));
  });
}

/**
 * lambda sum_g sqrt(n_g) |w_g| over the groups of the selected parameters: to be added to a loss, or watched.
 *
 * @param params - By path. Biases and one-dimensional ones are left out unless included.
 * @throws option: an unknown option, one out of range, or a glob that matches no parameter. shape: no such axis.
 * @see Yuan and Lin, "Model selection and estimation in regression with grouped variables" (2006).
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { groupLassoPenalty } from '@parsimony/weight-decay';
 * await ready();
 * const params = { weight: tensor([[3, 4], [0, 0]]) };
 * await groupLassoPenalty(params, { lambda: 2, scaleBySize: false }).item(); // => 10
 * ```
 */
export function groupLassoPenalty(params: Params, options: GroupLassoOptions & PenaltyCall = {}): Scalar {
  const where = 'groupLassoPenalty';
  checkOptions(where, options, ['lambda', 'axis', 'scaleBySize', 'exclude', 'include', 'factors', 'progress']);
  const { axis, scaleBySize, ...rest } = options;
  const groups = checkGroups(where, { ...(axis !== undefined && { axis }), ...(scaleBySize !== undefined && { scaleBySize }) });
  return penalty(where, params, rest, 1e-4, (w) => {
    const { lengths, size } = unitLengths(where, w, groups.axis);
    return ops.mul(ops.sum(lengths), groups.scaleBySize ? Math.sqrt(size) : 1);
  });
}

function checkGroups(where: string, options: GroupOptions): Required<GroupOptions> {
  return {
    axis: checkNumber(where, 'axis', orDefault(options.axis, 0), { integer: true }),
    scaleBySize: checkBoolean(where, 'scaleBySize', orDefault(options.scaleBySize, true)),
  };
}

/**
 * Group lasso for the Trainer, as a proximal step: after each step of the optimizer every group is shortened by lr lambda sqrt(n), and
 * exactly 0 where it is shorter than that: units, channels or inputs that can be cut away. The threshold does not adapt with the
 * optimizer. The loss that is reported is without it. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter, or a
 * parameter without that axis.
 * @see Yuan and Lin (2006); Wen et al., "Learning Structured Sparsity in Deep Neural Networks", arXiv:1608.03665.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { groupLasso } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [groupLasso({ lambda: 1e-3, axis: 1 })],
 * });
 * trainer.explain().includes('group-lasso: shrunk, lambda 0.001'); // => true
 * groupLasso({ lambda: -1 }); // throws groupLasso: `lambda` must be in [0, inf), received -1.
 * ```
 */
export function groupLasso(options: GroupLassoOptions = {}): AnyPlugin {
  const where = 'groupLasso';
  checkOptions(where, options, ['lambda', 'axis', 'scaleBySize', 'exclude', 'include', 'factors']);
  const lambda = strength(where, 'lambda', orDefault(options.lambda, 1e-4), { min: 0 });
  const { axis, scaleBySize } = checkGroups(where, options);
  const selection = checkSelection(where, options);
  const selected = (parameters: Parameters<typeof select>[1]): Selected[] => select(where, parameters, selection, 'shrunk');
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { lambda: lambda.schedule, axis, scaleBySize, ...selection } as unknown as Json,
    claims: { writes: { params: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => selectionGroups(selected(ctx.model.parameterShapes()), { lambda: lambda.schedule }),
      transformParams: {
        // The two proximal steps in this order are that of both penalties together: the sparse group lasso.
        after: ['@parsimony/weight-decay/l1', '@parsimony/weight-decay/elastic-net'],
        handler(params, ctx) {
          const now = lambda.at(ctx);
          if (now === 0) return undefined;
          return changeSelected(params, selected(params), (w, factor, path) => {
            const size = w.size / (w.shape.at(axis) ?? 1);
            return groupThreshold(w, { threshold: ctx.lr(path) * now * factor * (scaleBySize ? Math.sqrt(size) : 1), axis });
          });
        },
      },
    },
    check: (_, model): readonly Finding[] => unitFindings(where, name, model.parameterShapes(), selection, axis),
  });
}
