/** The max-norm constraint: no unit's weights get longer than a given length. */
import {
  type AnyPlugin, checkNumber, checkOptions, definePlugin, fail, type Finding, type Json, ops, type Params, type PluginKey, type Schedule, scope, showShape, strength,
  type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { changeSelected, checkSelection, rankOf, select, type SelectionOptions, selectionFindings } from './selection';

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
  const { max, axis } = checkLimit('renorm', options);
  const units = unitAxis(axis, w.rank);
  if (units === undefined) return fail('shape', `renorm: ${noSuchAxis(axis, w.shape)}`);
  return scope(() => {
    const others = w.shape.flatMap((_, i) => (i === units ? [] : [i]));
    const length = others.length === 0 ? ops.abs(w) : ops.norm(w, { axis: others, keepdim: true });
    return ops.mul(w, ops.where(ops.greater(length, max), ops.div(max, ops.add(length, 1e-7)), 1));
  });
}

function checkLimit(where: string, options: NormLimit): Required<NormLimit> {
  return {
    max: checkNumber(where, 'max', options.max ?? 3, range),
    axis: checkNumber(where, 'axis', options.axis ?? 0, { integer: true }),
  };
}

/** Undefined where there is none. */
function unitAxis(axis: number, rank: number): number | undefined {
  const units = axis < 0 ? axis + rank : axis;
  return units >= 0 && units < rank ? units : undefined;
}

const noSuchAxis = (axis: number, shape: readonly number[]): string => `there is no axis ${axis} in a weight of shape ${showShape(shape)}.`;

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
  return scope(() => changeSelected(params, select('limitNorms', params, checkSelection('limitNorms', options), 'constrained'), (w) => renorm(w, limit)));
}

/**
 * The max-norm constraint for the Trainer: after each step, the weights of every unit are scaled back to the length `max` where
 * they are longer. Biases and one-dimensional parameters are left alone unless included. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter, or a
 * parameter without that axis.
 * @see Srivastava et al., "Dropout" (JMLR 2014), section 5.1; Srebro and Shraibman (COLT 2005).
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { maxNorm } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [maxNorm({ max: 3 })],
 * });
 * trainer.explain().includes('constrained: weight'); // => true
 * maxNorm({ max: 0 }); // throws maxNorm: `max` must be in (0, inf), received 0.
 * ```
 */
export function maxNorm(options: MaxNormOptions = {}): AnyPlugin {
  checkOptions('maxNorm', options, ['max', 'axis', 'exclude', 'include']);
  const max = strength('maxNorm', 'max', options.max ?? 3, range);
  const axis = checkNumber('maxNorm', 'axis', options.axis ?? 0, { integer: true });
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
      // A constraint holds whatever else was done to the weights.
      transformParams: {
        order: 'post',
        handler(params, ctx) {
          const limit = { max: max.at(ctx), axis };
          return changeSelected(params, select('maxNorm', params, selection, 'constrained'), (w) => renorm(w, limit));
        },
      },
    },
    check: (_, model): readonly Finding[] => {
      const shapes = model.parameterShapes();
      const found = selectionFindings('maxNorm', name, shapes, selection, 'constrained');
      if (found.some(({ severity }) => severity === 'error')) return found;
      const wrong = select('maxNorm', shapes, selection, 'constrained').find(({ path, factor }) => factor > 0 && unitAxis(axis, rankOf(shapes[path] ?? [])) === undefined);
      return wrong === undefined ? found : [{
        severity: 'error', code: 'max-norm-axis', plugins: [name], message: `maxNorm: \`${wrong.path}\`: ${noSuchAxis(axis, shapes[wrong.path] ?? [])}`, hint: 'Give another `axis`, or exclude it.',
      }];
    },
  });
}
