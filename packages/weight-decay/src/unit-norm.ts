/** Every unit's weights kept at length 1. */
import { type AnyPlugin, checkNumber, checkOptions, definePlugin, type Finding, ops, type PluginKey, scope, type Tensor } from '@parsimony/core';
import { version } from '../package.json';
import { constraintsAfter, lengthFindings } from './lengths';
import { orDefault } from './options';
import { changeSelected, checkSelection, select, type SelectionOptions, selectionGroups } from './selection';
import { unitFindings, unitLengths } from './units';

const name = '@parsimony/weight-decay/unit-norm' as PluginKey;

export interface UnitNormOptions extends SelectionOptions {
  /** The axis of the units: lengths are taken over all others. 0: what comes into each unit of `Linear` and convolutions. Default 0. */
  readonly axis?: number;
}

/**
 * w / |w| for each slice of w along an axis. A slice of zeros has no direction and stays.
 *
 * @param w - Any shape with that axis; float32.
 * @throws option: an unknown option or one out of range. shape: no such axis.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { toUnitLength } from '@parsimony/weight-decay';
 * await ready();
 * await toUnitLength(tensor([[3, 4], [0, 0]])).array(); // => [[0.6, 0.8], [0, 0]]
 * ```
 */
export function toUnitLength(w: Tensor, options: Pick<UnitNormOptions, 'axis'> = {}): Tensor {
  checkOptions('toUnitLength', options, ['axis']);
  const axis = checkNumber('toUnitLength', 'axis', orDefault(options.axis, 0), { integer: true });
  return scope(() => ops.div(w, ops.maximum(unitLengths('toUnitLength', w, axis).lengths, 1e-12)));
}

/**
 * Weights of length 1 for the Trainer: after each step, those of every unit are divided by their length, so that only their direction is
 * learned. Biases and one-dimensional parameters are left alone unless included. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter, a
 * parameter without that axis, or another constraint on lengths of the same parameter.
 * @see Keras' `UnitNorm`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { unitNorm } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [unitNorm()],
 * });
 * trainer.explain().includes('unit-norm: constrained'); // => true
 * unitNorm({ axis: 0.5 }); // throws unitNorm: `axis` must be a whole number, received 0.5.
 * ```
 */
export function unitNorm(options: UnitNormOptions = {}): AnyPlugin {
  checkOptions('unitNorm', options, ['axis', 'exclude', 'include']);
  const axis = checkNumber('unitNorm', 'axis', orDefault(options.axis, 0), { integer: true });
  const selection = checkSelection('unitNorm', options);
  const { exclude, include } = selection;
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { axis, exclude, include },
    claims: { writes: { params: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => selectionGroups(select('unitNorm', ctx.model.parameterShapes(), selection, 'constrained')),
      transformParams: {
        order: 'post',
        before: constraintsAfter(name),
        handler: (params) => changeSelected(params, select('unitNorm', params, selection, 'constrained'), (w) => toUnitLength(w, { axis })),
      },
    },
    check(peers, model): readonly Finding[] {
      const shapes = model.parameterShapes();
      return [...unitFindings('unitNorm', name, shapes, selection, axis), ...lengthFindings('unitNorm', name, peers, shapes, selection)];
    },
  });
}
