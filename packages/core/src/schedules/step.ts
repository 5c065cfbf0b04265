/** Step decay. */
import { checkNumber, checkOptions } from '../options';
import type { Schedule, ScheduleKind } from './kind';

export interface StepOptions {
  /** Value at step 0. */
  readonly value: number;
  /** Steps between drops, 1 or more. */
  readonly stepSize: number;
  /** Factor of each drop, above 0. Default 0.1. */
  readonly gamma?: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>): void {
  checkOptions(where, options, ['schedule', 'value', 'stepSize', 'gamma']);
  checkNumber(where, 'value', options['value']);
  checkNumber(where, 'stepSize', options['stepSize'], { min: 1, integer: true });
  checkNumber(where, 'gamma', options['gamma'], { min: 0, minExclusive: true });
}

/**
 * value * gamma^floor(step / stepSize). PyTorch's `StepLR`.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const lr = schedules.step({ value: 0.1, stepSize: 10, gamma: 0.5 });
 * evaluateSchedule(lr, { step: 25, totalSteps: 100 }); // => 0.025
 * ```
 */
export function step(options: StepOptions): Schedule {
  const full = { schedule: 'step', gamma: 0.1, ...options };
  check('schedules.step', full);
  return full;
}

export const stepKind: ScheduleKind = {
  check,
  value: (o, { step: at }) => Number(o['value']) * Number(o['gamma']) ** Math.floor(at / Number(o['stepSize'])),
};
