/** A schedule times a number: a layer's share of a strength. */
import { checkNumber, checkOptions } from '../options';
import type { Schedule, ScheduleKind } from './kind';

export interface ScaleOptions {
  /** What is scaled: a number or a schedule. */
  readonly value: Schedule;
  readonly factor: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>, nested?: Parameters<ScheduleKind['check']>[2]): void {
  checkOptions(where, options, ['schedule', 'value', 'factor']);
  nested?.(where, 'value', options['value']);
  checkNumber(where, 'factor', options['factor']);
}

/**
 * factor v(step).
 *
 * @throws option: a missing or unknown option, or one that is no number.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const half = schedules.scale({ value: schedules.linear({ start: 0, end: 1, steps: 10 }), factor: 0.5 });
 * evaluateSchedule(half, { step: 4, totalSteps: 100 }); // => 0.2
 * ```
 */
export function scale(options: ScaleOptions): Schedule {
  const full = { schedule: 'scale', ...options };
  check('schedules.scale', full);
  return full;
}

export const scaleKind: ScheduleKind = {
  check,
  value: (o, progress, evaluate) => Number(o['factor']) * evaluate(o['value'] as Schedule, progress),
};
