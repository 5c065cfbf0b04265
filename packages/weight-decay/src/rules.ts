/** Which parameters are decayed, by how much, and why the others are not. */
import { checkOptions, schedules, type Schedule, strength } from '@parsimony/core';
import { orDefault } from './options';
import { checkSelection, type FactorOptions, type Parameters, select, type Selection } from './selection';

export interface WeightDecayOptions extends FactorOptions {
  /** Share of a weight that a step with learning rate 1 takes off, 0 or more: a number or a schedule of the step. Default 0.01. */
  readonly decay?: Schedule;
}

/** What one parameter gets. */
export interface DecayRule {
  readonly path: string;
  /** 0 where the parameter is excluded. */
  readonly decay: Schedule;
  /** In words. */
  readonly reason: string;
}

/** The options with their defaults, checked. */
export type CheckedOptions = Selection & { readonly decay: Schedule };

/** @internal */
export function checkDecayOptions(where: string, options: WeightDecayOptions): CheckedOptions {
  checkOptions(where, options, ['decay', 'exclude', 'include', 'factors']);
  return { decay: strength(where, 'decay', orDefault(options.decay, 0.01), { min: 0 }).schedule, ...checkSelection(where, options) };
}

/**
 * The rule of every parameter. In this order: a path that `exclude` matches is not decayed, one that `include` matches is, biases and
 * one-dimensional parameters (those of norms) are not, the rest is.
 *
 * @param parameters - Shapes by path (`model.parameterShapes()`), or the parameters themselves.
 * @throws option: one out of range, or a glob that matches no parameter.
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { decayRules } from '@parsimony/weight-decay';
 * const rules = decayRules(new nn.Linear(4, 2).parameterShapes(), { decay: 0.1 });
 * rules; // => [{ path: 'weight', decay: 0.1, reason: 'decayed' }, { path: 'bias', decay: 0, reason: 'a bias' }]
 * ```
 */
export function decayRules(parameters: Parameters, options: WeightDecayOptions = {}): DecayRule[] {
  return rulesOf('decayRules', parameters, checkDecayOptions('decayRules', options));
}

/** @internal By checked options. */
export const rulesOf = (where: string, parameters: Parameters, { decay, ...selection }: CheckedOptions): DecayRule[] =>
  select(where, parameters, selection, 'decayed').map(({ path, factor, reason }) => ({ path, decay: scaled(decay, factor), reason }));

/** @internal A strength times a constant. */
export function scaled(strengthOfAll: Schedule, factor: number): Schedule {
  if (factor === 1) return strengthOfAll;
  if (factor === 0) return 0;
  return typeof strengthOfAll === 'number' ? strengthOfAll * factor : schedules.scale({ value: strengthOfAll, factor });
}
