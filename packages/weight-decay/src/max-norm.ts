/** The max-norm constraint: no unit's weights get longer than a given length. */
import {
  type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, type Finding, type Json, ops, type Params, type PluginKey, type Schedule, scope, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { constraintsAfter, lengthFindings } from './lengths';
import { orDefault } from './options';
import { changeSelected, checkSelection, select, type SelectionOptions, selectionGroups } from './selection';
import { unitFindings, unitLengths } from './units';

const name = '@parsimony/weight-decay/max-norm' as PluginKey;

export interface NormLimit {
  /** Largest length, above 0. Default 3. */
  readonly max?: number;
  /** The axis of the units: lengths are taken over all others. 0: what comes into each unit of `Linear` and convolutions. Default 0. */
  readonly axis?: number;
}

export interface MaxNormOptions extends Omit<NormLimit, 'max'>, SelectionOptions {
  /** Largest length, above 0: a number or a schedule of the step. Default 3. */
  readonly max?: Schedule;
}

const range = { min: 0, minExclusive: true } as const;

/**
 * w min(1, max / |w|) for each slice of w along an axis, with |w| the square root of the sum of its squares. PyTorch's `renorm`.
 *
 * @param w - Any shape with that axis; float32.
 * @param options - `max` (default 3), `axis` (default 0).
 * @throws option: an unknown option or one out of range. shape: no such axis.
 * @see Srivastava et al., "Dropout" (JMLR 2014), section 5.1.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { renorm } from '@parsimony/weight-decay';
 * await ready();
 * const y = await renorm(tensor([[30, 40], [0.5, 0]]), { max: 5 }).data();
 * y.map((v) => Math.round(v * 1e4) / 1e4); // => [3, 4, 0.5, 0]
 * ```
 */
export function renorm(w: Tensor, options: NormLimit = {}): Tensor {
  checkOptions('renorm', options, ['max', 'axis']);
  return limitUnits('renorm', w, checkLimit('renorm', options));
}

const limitUnits = (where: string, w: Tensor, { max, axis }: Required<NormLimit>): Tensor => scope(() => {
  const { lengths } = unitLengths(where, w, axis);
  return ops.mul(w, ops.where(ops.greater(lengths, max), ops.div(max, ops.add(lengths, 1e-7)), 1));
});

function checkLimit(where: string, options: NormLimit): Required<NormLimit> {
  return {
    max: checkNumber(where, 'max', orDefault(options.max, 3), range),
    axis: checkNumber(where, 'axis', orDefault(options.axis, 0), { integer: true }),
  };
}

/**
 * `renorm` of every selected parameter, the others as they are. To be called after the optimizer's step.
 *
 * @param params - By path. Biases and one-dimensional ones are left alone unless included.
 * @throws option: an unknown option, one out of range, or a glob that matches no parameter. shape: no such axis.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { limitNorms } from '@parsimony/weight-decay';
 * await ready();
 * const params = { weight: tensor([[0, 8]]), bias: tensor([8]) };
 * const limited = limitNorms(params, { max: 2 });
 * Array.from(await limited.weight.data(), (w) => w.toFixed(4)); // => ['0.0000', '2.0000']
 * limited.bias === params.bias; // => true
 * ```
 */
export function limitNorms<P extends Params>(params: P, options: NormLimit & SelectionOptions = {}): P {
  checkOptions('limitNorms', options, ['max', 'axis', 'exclude', 'include']);
  const limit = checkLimit('limitNorms', options);
  checkTensors('limitNorms', 'params', params);
  return scope(() => changeSelected(params, select('limitNorms', params, checkSelection('limitNorms', options), 'constrained'), (w) => limitUnits('limitNorms', w, limit)));
}

/**
 * The max-norm constraint for the Trainer: after each step, the weights of every unit are scaled back to the length `max` where
 * they are longer. Biases and one-dimensional parameters are left alone unless included. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter, a
 * parameter without that axis, or another constraint on lengths of the same parameter.
 * @see Srivastava et al., "Dropout" (JMLR 2014), section 5.1; Srebro and Shraibman (COLT 2005).
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { maxNorm } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [maxNorm({ max: 3 })],
 * });
 * trainer.explain().includes('max-norm: constrained, max 3'); // => true
 * maxNorm({ max: 0 }); // throws maxNorm: `max` must be in (0, inf), received 0.
 * ```
 */
export function maxNorm(options: MaxNormOptions = {}): AnyPlugin {
  checkOptions('maxNorm', options, ['max', 'axis', 'exclude', 'include']);
  const max = strength('maxNorm', 'max', orDefault(options.max, 3), range);
  const axis = checkNumber('maxNorm', 'axis', orDefault(options.axis, 0), { integer: true });
  const selection = checkSelection('maxNorm', options);
  const { exclude, include } = selection;
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { max: max.schedule, axis, exclude, include } as unknown as Json,
    claims: { writes: { params: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => selectionGroups(select('maxNorm', ctx.model.parameterShapes(), selection, 'constrained'), { max: max.schedule }),
      // A constraint holds whatever else was done to the weights.
      transformParams: {
        order: 'post',
        before: constraintsAfter(name),
        handler(params, ctx) {
          const limit = { max: max.at(ctx), axis };
          return changeSelected(params, select('maxNorm', params, selection, 'constrained'), (w) => renorm(w, limit));
        },
      },
    },
    check(peers, model): readonly Finding[] {
      const shapes = model.parameterShapes();
      return [...unitFindings('maxNorm', name, shapes, selection, axis), ...lengthFindings('maxNorm', name, peers, shapes, selection)];
    },
  });
}
