/** The one-cycle policy. */
import { checkChoice, checkNumber, checkOptions } from '../options';
import { lengthOf, type Schedule, type ScheduleKind } from './kind';

export interface OneCycleOptions {
  /** The peak. */
  readonly max: number;
  /** Part of the run spent rising, in [0, 1]. Default 0.3. */
  readonly pctStart?: number;
  /** The start is max / divFactor. Default 25. */
  readonly divFactor?: number;
  /** The end is start / finalDivFactor. Default 1e4. */
  readonly finalDivFactor?: number;
  /** Shape of both phases. Default 'cos'. */
  readonly anneal?: 'cos' | 'linear';
  /** Length of the cycle, 2 or more. Default: all steps of the run. */
  readonly steps?: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>): void {
  checkOptions(where, options, ['schedule', 'max', 'pctStart', 'divFactor', 'finalDivFactor', 'anneal', 'steps']);
  checkNumber(where, 'max', options['max']);
  checkNumber(where, 'pctStart', options['pctStart'], { min: 0, max: 1 });
  checkNumber(where, 'divFactor', options['divFactor'], { min: 0, minExclusive: true });
  checkNumber(where, 'finalDivFactor', options['finalDivFactor'], { min: 0, minExclusive: true });
  checkChoice(where, 'anneal', options['anneal'], ['cos', 'linear']);
  if (options['steps'] !== undefined) checkNumber(where, 'steps', options['steps'], { min: 2, integer: true });
}

/**
 * Rises from max / divFactor to max until step pctStart steps - 1, then falls to max / (divFactor finalDivFactor) at the
 * last step. PyTorch's `OneCycleLR` in two phases. Smith and Topin, arXiv:1708.07120.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const lr = schedules.oneCycle({ max: 0.1, steps: 101 });
 * evaluateSchedule(lr, { step: 0, totalSteps: 101 }); // => 0.004
 * ```
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const full = { schedule: 'oneCycle', pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4, anneal: 'cos', ...options };
  check('schedules.oneCycle', full);
  return full;
}

export const oneCycleKind: ScheduleKind = {
  check,
  value: (o, progress) => {
    const steps = lengthOf(o, progress);
    const max = Number(o['max']);
    const start = max / Number(o['divFactor']);
    const end = start / Number(o['finalDivFactor']);
    const peak = Number(o['pctStart']) * steps - 1;
    const at = Math.min(progress.step, steps - 1);
    const between = (from: number, to: number, part: number): number =>
      o['anneal'] === 'cos' ? to + (from - to) / 2 * (1 + Math.cos(Math.PI * part)) : from + (to - from) * part;
    if (at <= peak) return between(start, max, at / peak);
    const fall = steps - 1 - peak;
    return between(max, end, fall === 0 ? 1 : (at - peak) / fall);
  },
};
