/** Straight lines: ramps of any strength. */
import { checkNumber, checkOptions } from '../options';
import { lengthOf, type Schedule, type ScheduleKind } from './kind';

export interface LinearOptions {
  /** Value at step 0. */
  readonly start: number;
  /** Value from step `steps` on. */
  readonly end: number;
  /** Length of the ramp, 1 or more. Default: all steps of the run. */
  readonly steps?: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>): void {
  checkOptions(where, options, ['schedule', 'start', 'end', 'steps']);
  checkNumber(where, 'start', options['start']);
  checkNumber(where, 'end', options['end']);
  if (options['steps'] !== undefined) checkNumber(where, 'steps', options['steps'], { min: 1, integer: true });
}

/**
 * start + (end - start) min(step / steps, 1). PyTorch's `LinearLR`, as a value instead of a factor.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const p = schedules.linear({ start: 0, end: 0.5, steps: 10 });
 * evaluateSchedule(p, { step: 4, totalSteps: 100 }); // => 0.2
 * ```
 */
export function linear(options: LinearOptions): Schedule {
  check('schedules.linear', { ...options });
  return { schedule: 'linear', ...options };
}

export const linearKind: ScheduleKind = {
  check,
  value: (o, progress) => {
    const [start, end] = [Number(o['start']), Number(o['end'])];
    return start + (end - start) * Math.min(progress.step / lengthOf(o, progress), 1);
  },
};
