/** Linear warm-up in front of another schedule. */
import { checkNumber, checkOptions } from '../options';
import type { Schedule, ScheduleKind } from './kind';

export interface WarmupOptions {
  /** What is warmed up: a number or a schedule. It sees its own steps from the end of the warm-up on. */
  readonly value: Schedule;
  /** Length of the warm-up, 1 or more. */
  readonly steps: number;
  /** Factor at step 0, in [0, 1]. Default 0. */
  readonly startFactor?: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>, nested?: Parameters<ScheduleKind['check']>[2]): void {
  checkOptions(where, options, ['schedule', 'value', 'steps', 'startFactor']);
  // The factory cannot reach the registry, which knows this kind; whoever takes the schedule checks what is nested.
  nested?.(where, 'value', options['value']);
  checkNumber(where, 'steps', options['steps'], { min: 1, integer: true });
  checkNumber(where, 'startFactor', options['startFactor'], { min: 0, max: 1 });
}

/**
 * (f + (1 - f) step / steps) v(0) for the first `steps` steps, f = startFactor, then v(step - steps) over the steps that
 * remain. With a number it is PyTorch's `LinearLR`; with a schedule, `SequentialLR` of the two.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const lr = schedules.warmup({ value: schedules.cosine({ value: 1 }), steps: 10 });
 * evaluateSchedule(lr, { step: 5, totalSteps: 110 }); // => 0.5
 * evaluateSchedule(lr, { step: 60, totalSteps: 110 }); // => 0.5
 * ```
 */
export function warmup(options: WarmupOptions): Schedule {
  const full = { schedule: 'warmup', startFactor: 0, ...options };
  check('schedules.warmup', full);
  return full;
}

export const warmupKind: ScheduleKind = {
  check,
  value: (o, { step, totalSteps }, evaluate) => {
    const [steps, from] = [Number(o['steps']), Number(o['startFactor'])];
    const rest = { step: Math.max(0, step - steps), totalSteps: Math.max(1, totalSteps - steps) };
    const factor = step < steps ? from + (1 - from) * (step / steps) : 1;
    return factor * evaluate(o['value'] as Schedule, rest);
  },
};
