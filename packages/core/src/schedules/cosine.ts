/** Cosine annealing. */
import { checkNumber, checkOptions } from '../options';
import { lengthOf, type Schedule, type ScheduleKind } from './kind';

export interface CosineOptions {
  /** Value at step 0. */
  readonly value: number;
  /** Value at the end. Default 0. */
  readonly min?: number;
  /** Steps until `min`, 1 or more. Default: all steps of the run. */
  readonly steps?: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>): void {
  checkOptions(where, options, ['schedule', 'value', 'min', 'steps']);
  checkNumber(where, 'value', options['value']);
  checkNumber(where, 'min', options['min']);
  if (options['steps'] !== undefined) checkNumber(where, 'steps', options['steps'], { min: 1, integer: true });
}

/**
 * min + (value - min) (1 + cos(pi step / steps)) / 2, and min from `steps` on. PyTorch's `CosineAnnealingLR` up to there
 * (PyTorch rises again after it). Loshchilov and Hutter, arXiv:1608.03983.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const lr = schedules.cosine({ value: 1e-3 });
 * evaluateSchedule(lr, { step: 50, totalSteps: 100 }); // => 0.0005
 * ```
 */
export function cosine(options: CosineOptions): Schedule {
  const full = { schedule: 'cosine', min: 0, ...options };
  check('schedules.cosine', full);
  return full;
}

export const cosineKind: ScheduleKind = {
  check,
  value: (o, progress) => {
    const [value, min] = [Number(o['value']), Number(o['min'])];
    const part = Math.min(progress.step / lengthOf(o, progress), 1);
    return min + (value - min) * 0.5 * (1 + Math.cos(Math.PI * part));
  },
};
