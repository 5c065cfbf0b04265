/** A strength that comes up quickly, then slowly: curriculum dropout. */
import { checkNumber, checkOptions } from '../options';
import { lengthOf, type Schedule, type ScheduleKind } from './kind';

export interface CurriculumOptions {
  /** What the value comes close to. */
  readonly end: number;
  /** Value at step 0. Default 0. */
  readonly start?: number;
  /** How fast, a step; above 0. Default 10 / `steps`, the paper's. */
  readonly gamma?: number;
  /** Length that the default of gamma goes by, 1 or more. Default: all steps of the run. */
  readonly steps?: number;
}

function check(where: string, options: Readonly<Record<string, unknown>>): void {
  checkOptions(where, options, ['schedule', 'end', 'start', 'gamma', 'steps']);
  checkNumber(where, 'end', options['end']);
  checkNumber(where, 'start', options['start']);
  if (options['gamma'] !== undefined) checkNumber(where, 'gamma', options['gamma'], { min: 0, minExclusive: true });
  if (options['steps'] !== undefined) checkNumber(where, 'steps', options['steps'], { min: 1, integer: true });
}

/**
 * end - (end - start) exp(-gamma step). For a rate p of dropout: p (1 - exp(-gamma step)), the paper's retain probability
 * (1 - theta) exp(-gamma t) + theta with theta = 1 - p.
 *
 * @throws option: a missing or unknown option, or one out of range.
 * @see Morerio et al., "Curriculum Dropout", arXiv:1703.06229.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * const p = schedules.curriculum({ end: 0.5, gamma: Math.LN2 });
 * [0, 1, 2].map((step) => evaluateSchedule(p, { step, totalSteps: 100 })); // => [0, 0.25, 0.375]
 * ```
 */
export function curriculum(options: CurriculumOptions): Schedule {
  const full = { schedule: 'curriculum', start: 0, ...options };
  check('schedules.curriculum', full);
  return full;
}

export const curriculumKind: ScheduleKind = {
  check,
  value: (o, progress) => {
    const [start, end, gamma] = [Number(o['start']), Number(o['end']), Number(o['gamma'] ?? 10 / lengthOf(o, progress))];
    return end - (end - start) * Math.exp(-gamma * progress.step);
  },
};
