/** Soft orthogonality: rows of a weight drawn towards orthonormal ones. */
import {
  type AnyPlugin, checkBoolean, checkOptions, checkTensor, definePlugin, eye, fail, type Finding, grad, type Grads, type Json, ops, type Params, type PluginKey, type Scalar, type Schedule,
  scope, showShape, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { orDefault } from './options';
import { penalty, type PenaltyCall } from './penalty';
import { changeSelected, checkSelection, type FactorOptions, rankOf, select, type Selected, selectionFindings, selectionGroups } from './selection';

const name = '@parsimony/weight-decay/orthogonal' as PluginKey;

export interface OrthogonalRegularizationOptions extends FactorOptions {
  /** Strength, 0 or more: a number or a schedule of the step. Default 1e-2. */
  readonly lambda?: Schedule;
  /** Columns too: ||W W^T - I||^2 + ||W^T W - I||^2. Default false: rows alone. */
  readonly doubleSided?: boolean;
}

/**
 * ||W W^T - I||^2, with W the weight as a matrix [out, rest]: 0 where its rows are orthonormal. With `doubleSided`, the same of W^T is added.
 * Of a matrix with more rows than columns the rows cannot be; it then has the least value out - rest where its columns are. Both
 * sides have the same gradient, so the double-sided one is twice as strong and no more.
 *
 * @param w - [out, ...] of two axes or more; float32.
 * @returns Without axes.
 * @throws shape: fewer than two axes. option: an unknown option.
 * @see Bansal et al., "Can We Gain More from Orthogonality Regularizations in Training Deep CNNs?", arXiv:1810.09102.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { softOrthogonality } from '@parsimony/weight-decay';
 * await ready();
 * await softOrthogonality(tensor([[1, 0, 0], [0, 2, 0]])).item();                        // => 9
 * await softOrthogonality(tensor([[1, 0, 0], [0, 2, 0]]), { doubleSided: true }).item(); // => 19
 * ```
 */
export function softOrthogonality(w: Tensor, options: Pick<OrthogonalRegularizationOptions, 'doubleSided'> = {}): Scalar {
  checkOptions('softOrthogonality', options, ['doubleSided']);
  const both = checkBoolean('softOrthogonality', 'doubleSided', orDefault(options.doubleSided, false));
  if (checkTensor('softOrthogonality', 'w', w).rank < 2) fail('shape', `softOrthogonality: expected two axes or more, received ${showShape(w.shape)}.`);
  return scope(() => {
    const rows = w.shape[0] ?? 1;
    const columns = rows === 0 ? 0 : w.size / rows;
    const matrix = w.rank === 2 ? w : ops.reshape(w, [rows, columns]);
    // ||W W^T - I||^2 and ||W^T W - I||^2 differ by out - rest alone: the smaller of the two products is enough.
    const small = Math.min(rows, columns);
    const gram = rows <= columns ? ops.matmul(matrix, matrix, { transposeB: true }) : ops.matmul(matrix, matrix, { transposeA: true });
    const least = ops.sum(ops.square(ops.sub(gram, eye(small))));
    const [ofRows, ofColumns] = [rows - small, columns - small];
    return (both ? ops.add(ops.mul(least, 2), ofRows + ofColumns) : ops.add(least, ofRows)) as Scalar;
  });
}

/**
 * lambda sum ||W W^T - I||^2 over the selected parameters of two axes or more: to be added to a loss. See `softOrthogonality`.
 *
 * @throws option: an unknown option, one out of range, or a glob that matches no parameter. shape: an included one of fewer axes.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { orthogonalPenalty } from '@parsimony/weight-decay';
 * await ready();
 * await orthogonalPenalty({ weight: tensor([[0, 2], [1, 0]]), bias: tensor([9]) }, { lambda: 0.5 }).item(); // => 4.5
 * ```
 */
export function orthogonalPenalty(params: Params, options: OrthogonalRegularizationOptions & PenaltyCall = {}): Scalar {
  const where = 'orthogonalPenalty';
  checkOptions(where, options, ['lambda', 'doubleSided', 'exclude', 'include', 'factors', 'progress']);
  const { doubleSided = false, ...rest } = options;
  return penalty(where, params, rest, 1e-2, (w) => softOrthogonality(w, { doubleSided }));
}

/**
 * Soft orthogonality for the Trainer: the gradient of lambda ||W W^T - I||^2, 4 lambda (W W^T - I) W, joins that of the loss, after any
 * clipping. The loss that is reported is without it. Biases and one-dimensional parameters are left alone. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter, or an
 * included parameter of fewer than two axes.
 * @see Bansal et al., "Can We Gain More from Orthogonality Regularizations in Training Deep CNNs?", arXiv:1810.09102.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { orthogonalRegularization } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [orthogonalRegularization({ lambda: 1e-3 })],
 * });
 * trainer.explain().includes('orthogonal: regularized, lambda 0.001'); // => true
 * orthogonalRegularization({ doubleSided: 2 as never }); // throws orthogonalRegularization: `doubleSided` must be true or false, received 2.
 * ```
 */
export function orthogonalRegularization(options: OrthogonalRegularizationOptions = {}): AnyPlugin {
  const where = 'orthogonalRegularization';
  checkOptions(where, options, ['lambda', 'doubleSided', 'exclude', 'include', 'factors']);
  const lambda = strength(where, 'lambda', orDefault(options.lambda, 1e-2), { min: 0 });
  const doubleSided = checkBoolean(where, 'doubleSided', orDefault(options.doubleSided, false));
  const selection = checkSelection(where, options);
  const selected = (parameters: Parameters<typeof select>[1]): Selected[] => select(where, parameters, selection, 'regularized');
  const gradient = grad((w: Tensor) => softOrthogonality(w, { doubleSided }));
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { lambda: lambda.schedule, doubleSided, ...selection } as unknown as Json,
    claims: { reads: ['params'], writes: { grads: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => selectionGroups(selected(ctx.model.parameterShapes()), { lambda: lambda.schedule }),
      // Last, so that the penalty is not clipped with the gradient.
      transformGrads: {
        order: 'post',
        handler(grads, ctx): Grads | undefined {
          const now = lambda.at(ctx);
          const { params } = ctx.weights;
          return now === 0 ? undefined : changeSelected(grads, selected(params), (g, factor, path) => ops.add(g, ops.mul(gradient(params[path] as Tensor), now * factor)));
        },
      },
    },
    check(_, model): readonly Finding[] {
      const shapes = model.parameterShapes();
      const found = selectionFindings(where, name, shapes, selection);
      if (found.length > 0) return found;
      const wrong = selected(shapes).find(({ path, factor }) => factor > 0 && rankOf(shapes[path] ?? []) < 2);
      return wrong === undefined ? [] : [{
        severity: 'error', code: 'orthogonal-axes', plugins: [name], message: `${where}: \`${wrong.path}\` of shape ${showShape(shapes[wrong.path] ?? [])} is no matrix.`,
        hint: 'Leave it out of `include`.',
      }];
    },
  });
}
