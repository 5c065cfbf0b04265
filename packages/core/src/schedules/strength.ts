/** Strengths: options that are a number in a range or a schedule of such numbers. Every plugin's numeric strength is one. */
import { checkNumber, type NumberRange } from '../options';
import type { Schedule } from './kind';
import { checkSchedule } from './schedule';

export interface Strength {
  /** As it was given, for checkpoints and plans. */
  readonly schedule: Schedule;
  /** The value where a run is: pass a hook's or a forward's context, or `{ at: (s) => evaluateSchedule(s, progress) }`. */
  at(ctx: { at(schedule: Schedule): number }): number;
}

/**
 * Checks a strength: a number at once, a schedule's form at once and each of its values when it is used.
 *
 * @throws option: neither a number in the range nor a schedule; from `at`, a schedule whose value leaves the range.
 * @example
 * ```ts
 * import { strength } from '@parsimony/core';
 * strength('Dropout', 'p', 0.5, { min: 0, max: 1 }).schedule; // => 0.5
 * strength('Dropout', 'p', 1.5, { min: 0, max: 1 }); // throws Dropout: `p` must be in [0, 1], received 1.5.
 * ```
 */
export function strength(where: string, name: string, value: unknown, range: NumberRange = {}): Strength {
  if (typeof value === 'number') {
    const constant = checkNumber(where, name, value, range);
    return { schedule: constant, at: () => constant };
  }
  const schedule = checkSchedule(where, name, value);
  return { schedule, at: (ctx) => checkNumber(where, `${name} (scheduled)`, ctx.at(schedule), range) };
}
