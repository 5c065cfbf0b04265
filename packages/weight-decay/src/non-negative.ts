/** Weights kept at 0 or above. */
import { type AnyPlugin, checkOptions, definePlugin, type Finding, ops, type PluginKey } from '@parsimony/core';
import { version } from '../package.json';
import { changeSelected, checkSelection, select, type SelectionOptions, selectionFindings, selectionGroups } from './selection';

const name = '@parsimony/weight-decay/non-negative' as PluginKey;

export type NonNegativeOptions = SelectionOptions;

/**
 * max(w, 0) after each step of the Trainer, for every weight: the projection onto what is not negative, for parts and rates that only add up.
 * As a function it is `ops.relu`. Biases and one-dimensional parameters are left alone unless included. It comes before
 * constraints on lengths, which keep signs. Nothing happens in evaluation.
 *
 * @throws option: an unknown option. When the plan is built, conflict: a glob that matches no parameter.
 * @see Chorowski and Zurada, "Learning Understandable Neural Networks With Nonnegative Weight Constraints" (2015); Keras' `NonNeg`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { nonNegative } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [nonNegative()],
 * });
 * trainer.explain().includes('non-negative: constrained'); // => true
 * nonNegative({ axis: 0 } as never); // throws nonNegative: unknown option `axis`.
 * ```
 */
export function nonNegative(options: NonNegativeOptions = {}): AnyPlugin {
  checkOptions('nonNegative', options, ['exclude', 'include']);
  const selection = checkSelection('nonNegative', options);
  const { exclude, include } = selection;
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { exclude, include },
    claims: { writes: { params: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => selectionGroups(select('nonNegative', ctx.model.parameterShapes(), selection, 'constrained')),
      transformParams: {
        order: 'post',
        before: ['@parsimony/weight-decay/max-norm', '@parsimony/weight-decay/min-max-norm', '@parsimony/weight-decay/unit-norm'],
        handler: (params) => changeSelected(params, select('nonNegative', params, selection, 'constrained'), (w) => ops.relu(w)),
      },
    },
    check: (_, model): readonly Finding[] => selectionFindings('nonNegative', name, model.parameterShapes(), selection),
  });
}
