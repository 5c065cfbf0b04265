/** The lengths of every unit's weights kept between two bounds. */
import {
  type AnyPlugin, checkNumber, checkOptions, definePlugin, fail, type Finding, type Json, ops, type PluginKey, type Schedule, scope, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { constraintsAfter, lengthFindings } from './lengths';
import { orDefault } from './options';
import { changeSelected, checkSelection, select, type SelectionOptions, selectionGroups } from './selection';
import { unitFindings, unitLengths } from './units';

const name = '@parsimony/weight-decay/min-max-norm' as PluginKey;

export interface NormRange {
  /** Least length, 0 or more. Default 0. */
  readonly min?: number;
  /** Largest length, above 0 and not below `min`. Default 1. */
  readonly max?: number;
  /** How far towards the bound a length that is out of range goes, in [0, 1]; 1: all the way. Default 1. */
  readonly rate?: number;
  /** The axis of the units: lengths are taken over all others. Default 0. */
  readonly axis?: number;
}

export interface MinMaxNormOptions extends Pick<NormRange, 'axis'>, SelectionOptions {
  /** Least length, 0 or more: a number or a schedule of the step. Default 0. */
  readonly min?: Schedule;
  /** Largest length, above 0: a number or a schedule of the step. Default 1. */
  readonly max?: Schedule;
  /** How far towards the bound a length that is out of range goes, in [0, 1]: a number or a schedule of the step. Default 1. */
  readonly rate?: Schedule;
}

const above = { min: 0, minExclusive: true } as const;
const share = { min: 0, max: 1 } as const;

/**
 * w ((1 - rate) + rate clamp(|w|, min, max) / |w|) for each slice of w along an axis whose length |w| is out of [min, max]; the others
 * as they are. A slice of zeros has no direction and stays. Keras' `MinMaxNorm`.
 *
 * @param w - Any shape with that axis; float32.
 * @throws option: an unknown option or one out of range, `min` above `max`. shape: no such axis.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { clampNorms } from '@parsimony/weight-decay';
 * await ready();
 * const w = tensor([[6, 8], [0.3, 0.4], [0, 0]]);
 * await clampNorms(w, { min: 1, max: 5 }).array();            // => [[3, 4], [0.6, 0.8], [0, 0]]
 * await clampNorms(w, { min: 1, max: 5, rate: 0.5 }).array(); // => [[4.5, 6], [0.45, 0.6], [0, 0]]
 * ```
 */
export function clampNorms(w: Tensor, options: NormRange = {}): Tensor {
  const where = 'clampNorms';
  checkOptions(where, options, ['min', 'max', 'rate', 'axis']);
  const min = checkNumber(where, 'min', orDefault(options.min, 0), { min: 0 });
  const max = checkNumber(where, 'max', orDefault(options.max, 1), above);
  const rate = checkNumber(where, 'rate', orDefault(options.rate, 1), share);
  const axis = checkNumber(where, 'axis', orDefault(options.axis, 0), { integer: true });
  if (min > max) fail('option', `${where}: \`min\` must not be above \`max\`, received ${min} and ${max}.`);
  return scope(() => {
    const { lengths } = unitLengths(where, w, axis);
    const outside = ops.logicalOr(ops.greater(lengths, max), ops.less(lengths, min));
    const wanted = ops.add(ops.mul(lengths, 1 - rate), ops.mul(ops.clamp(lengths, { min, max }), rate));
    return ops.mul(w, ops.where(outside, ops.div(wanted, ops.maximum(lengths, 1e-7)), 1));
  });
}

/**
 * The constraint on lengths from both sides for the Trainer: after each step, the weights of every unit that are longer than `max` or shorter
 * than `min` are scaled towards that bound. Biases and one-dimensional parameters are left alone unless included. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range, `min` above `max`. When the plan is built, conflict: a glob that matches no
 * parameter, a parameter without that axis, or another constraint on lengths of the same parameter.
 * @see Keras' `MinMaxNorm`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { minMaxNorm } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [minMaxNorm({ min: 0.5, max: 2 })],
 * });
 * trainer.explain().includes('min-max-norm: constrained, min 0.5, max 2'); // => true
 * minMaxNorm({ min: 3 }); // throws minMaxNorm: `min` must not be above `max`, received 3 and 1.
 * ```
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): AnyPlugin {
  const where = 'minMaxNorm';
  checkOptions(where, options, ['min', 'max', 'rate', 'axis', 'exclude', 'include']);
  const min = strength(where, 'min', orDefault(options.min, 0), { min: 0 });
  const max = strength(where, 'max', orDefault(options.max, 1), above);
  const rate = strength(where, 'rate', orDefault(options.rate, 1), share);
  const axis = checkNumber(where, 'axis', orDefault(options.axis, 0), { integer: true });
  if (typeof min.schedule === 'number' && typeof max.schedule === 'number' && min.schedule > max.schedule) {
    fail('option', `${where}: \`min\` must not be above \`max\`, received ${min.schedule} and ${max.schedule}.`);
  }
  const selection = checkSelection(where, options);
  const { exclude, include } = selection;
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { min: min.schedule, max: max.schedule, rate: rate.schedule, axis, exclude, include } as unknown as Json,
    claims: { writes: { params: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => selectionGroups(select(where, ctx.model.parameterShapes(), selection, 'constrained'), { min: min.schedule, max: max.schedule }),
      transformParams: {
        order: 'post',
        before: constraintsAfter(name),
        handler(params, ctx) {
          const bounds = { min: min.at(ctx), max: max.at(ctx), rate: rate.at(ctx), axis };
          return changeSelected(params, select(where, params, selection, 'constrained'), (w) => clampNorms(w, bounds));
        },
      },
    },
    check(peers, model): readonly Finding[] {
      const shapes = model.parameterShapes();
      return [...unitFindings(where, name, shapes, selection, axis), ...lengthFindings(where, name, peers, shapes, selection)];
    },
  });
}
