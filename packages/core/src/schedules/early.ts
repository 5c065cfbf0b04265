/** A strength for the first steps only: early dropout, against underfitting. */
import { checkChoice, checkNumber, checkOptions } from '../options';
import type { Schedule, ScheduleKind } from './kind';

export interface EarlyOptions {
  /** Value at step 0. */
  readonly value: number;
  /** From this step on it is 0; 1 or more. */
  readonly steps: number;
  /** How it gets there: at once, or along a line that reaches 0 with the last of the steps. Default 'constant'. */
  readonly mode?: 'constant' | 'linear';
}

function check(where: string, options: Readonly<Record<string, unknown>>): void {
  checkOptions(where, options, ['schedule', 'value', 'steps', 'mode']);
  checkNumber(where, 'value', options['value']);
  checkNumber(where, 'steps', options['steps'], { min: 1, integer: true });
  checkChoice(where, 'mode', options['mode'], ['constant', 'linear']);
}

/**
 * value, or value (1 - step / (steps - 1)) with mode 'linear', for the first `steps` steps; then 0.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @see Liu et al., "Dropout Reduces Underfitting", arXiv:2303.01500.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const p = schedules.early({ value: 0.4, steps: 5, mode: 'linear' });
 * [0, 1, 4, 5].map((step) => evaluateSchedule(p, { step, totalSteps: 100 })); // => [0.4, 0.3, 0, 0]
 * ```
 */
export function early(options: EarlyOptions): Schedule {
  const full = { schedule: 'early', mode: 'constant', ...options };
  check('schedules.early', full);
  return full;
}

export const earlyKind: ScheduleKind = {
  check,
  value: (o, { step }) => {
    const [value, steps] = [Number(o['value']), Number(o['steps'])];
    if (step >= steps) return 0;
    return o['mode'] === 'linear' && steps > 1 ? value * (1 - step / (steps - 1)) : value;
  },
};
