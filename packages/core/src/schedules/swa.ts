/** The learning rate of stochastic weight averaging: a schedule until averaging begins, then a constant rate. */
import { checkChoice, checkNumber, checkOptions } from '../options';
import type { Schedule, ScheduleKind } from './kind';

export interface SwaOptions {
  /** Until averaging begins: a number or a schedule. */
  readonly value: Schedule;
  /** While weights are averaged, 0 or more: high enough that they wander. */
  readonly swaLr: number;
  /** Steps before it begins, 0 or more. Default: three quarters of the run, as of the plugin `swa`. */
  readonly startStep?: number;
  /** Steps from the rate there was to `swaLr`, 0 or more. Default 0: at once. */
  readonly annealSteps?: number;
  /** Shape of that way. Default 'cos'. */
  readonly anneal?: 'cos' | 'linear';
}

function check(where: string, options: Readonly<Record<string, unknown>>, nested?: Parameters<ScheduleKind['check']>[2]): void {
  checkOptions(where, options, ['schedule', 'value', 'swaLr', 'startStep', 'annealSteps', 'anneal']);
  // The factory cannot reach the registry, which knows this kind; whoever takes the schedule checks what is nested.
  nested?.(where, 'value', options['value']);
  checkNumber(where, 'swaLr', options['swaLr'], { min: 0 });
  if (options['startStep'] !== undefined) checkNumber(where, 'startStep', options['startStep'], { min: 0, integer: true });
  checkNumber(where, 'annealSteps', options['annealSteps'], { min: 0, integer: true });
  checkChoice(where, 'anneal', options['anneal'], ['cos', 'linear']);
}

/**
 * v(step) before `startStep`; then a swaLr + (1 - a) v(startStep) with a rising from 0 to 1 over `annealSteps`, by (1 - cos(pi t)) / 2 or
 * t. PyTorch's `SWALR`; Izmailov et al., arXiv:1803.05407.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const lr = schedules.swa({ value: 0.1, swaLr: 0.05, startStep: 30, annealSteps: 10, anneal: 'linear' });
 * [29, 35, 40].map((step) => evaluateSchedule(lr, { step, totalSteps: 100 })); // => [0.1, 0.075, 0.05]
 * ```
 */
export function swa(options: SwaOptions): Schedule {
  const full = { schedule: 'swa', annealSteps: 0, anneal: 'cos', ...options };
  check('schedules.swa', full);
  return full;
}

export const swaKind: ScheduleKind = {
  check,
  value: (o, { step, totalSteps }, evaluate) => {
    const start = Number(o['startStep'] ?? Math.floor(0.75 * totalSteps));
    const before = evaluate(o['value'] as Schedule, { step: Math.min(step, start), totalSteps });
    if (step < start) return before;
    const steps = Number(o['annealSteps']);
    const t = steps === 0 ? 1 : Math.min(1, (step - start) / steps);
    const a = o['anneal'] === 'cos' ? (1 - Math.cos(Math.PI * t)) / 2 : t;
    return a * Number(o['swaLr']) + (1 - a) * before;
  },
};
