/** A strength from some step on: late dropout. */
import { checkNumber, checkOptions } from '../options';
import type { Schedule, ScheduleKind } from './kind';

export interface LateOptions {
  /** Value from step `steps` on. */
  readonly value: number;
  /** Steps without it; 1 or more. */
  readonly steps: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>): void {
  checkOptions(where, options, ['schedule', 'value', 'steps']);
  checkNumber(where, 'value', options['value']);
  checkNumber(where, 'steps', options['steps'], { min: 1, integer: true });
}

/**
 * 0 for the first `steps` steps, then value.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @see Liu et al., "Dropout Reduces Underfitting", arXiv:2303.01500.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const p = schedules.late({ value: 0.4, steps: 5 });
 * [4, 5].map((step) => evaluateSchedule(p, { step, totalSteps: 100 })); // => [0, 0.4]
 * ```
 */
export function late(options: LateOptions): Schedule {
  const full = { schedule: 'late', ...options };
  check('schedules.late', full);
  return full;
}

export const lateKind: ScheduleKind = {
  check,
  value: (o, { step }) => (step < Number(o['steps']) ? 0 : Number(o['value'])),
};
