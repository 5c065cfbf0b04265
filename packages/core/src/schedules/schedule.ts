/** Evaluating and checking schedules. The set of kinds is open: `defineSchedule` adds one. */
import { fail, show } from '../errors';
import { isPlainObject } from '../tensor/find';
import type { Json } from '../types';
import type { Progress, Schedule, ScheduleKind } from './kind';
import { builtinKinds } from './kinds';

export type { Progress, Schedule } from './kind';

const kinds = new Map<string, ScheduleKind>(Object.entries(builtinKinds));

/**
 * Adds a kind of schedule, or replaces one.
 *
 * @example
 * ```ts
 * import { defineSchedule, evaluateSchedule } from '@parsimony/core';
 * defineSchedule('halfway', { check: () => {}, value: (_, { step, totalSteps }) => (2 * step < totalSteps ? 0 : 1) });
 * evaluateSchedule({ schedule: 'halfway' }, { step: 7, totalSteps: 10 }); // => 1
 * ```
 */
export function defineSchedule(name: string, kind: ScheduleKind): void { kinds.set(name, kind); }

function kindOf(where: string, schedule: { readonly schedule: string }): ScheduleKind {
  return kinds.get(schedule.schedule)
    ?? fail('option', `${where}: unknown schedule ${show(schedule.schedule)}; known: ${[...kinds.keys()].join(', ')}.`);
}

/**
 * The value of a schedule at a step; a number is its own.
 *
 * @throws option: a schedule of an unknown kind.
 * @example
 * ```ts
 * import { evaluateSchedule, schedules } from '@parsimony/core';
 * evaluateSchedule(schedules.linear({ start: 0, end: 1 }), { step: 5, totalSteps: 10 }); // => 0.5
 * ```
 */
export function evaluateSchedule(schedule: Schedule, progress: Progress): number {
  if (typeof schedule === 'number') return schedule;
  if (!isPlainObject(schedule)) fail('option', `evaluateSchedule: expected a number or a schedule, received ${show(schedule)}.`);
  return kindOf('schedule', schedule).value(schedule, progress, evaluateSchedule);
}

/**
 * Refuses what is neither a finite number nor a known schedule with right options; returns it.
 *
 * @throws option: such a value. `where` and `name` say whose it is.
 * @example
 * ```ts
 * import { checkSchedule, schedules } from '@parsimony/core';
 * checkSchedule('optim.sgd', 'lr', 0.1); // => 0.1
 * checkSchedule('optim.sgd', 'lr', 'fast'); // throws optim.sgd: `lr` must be a number or a schedule, received "fast".
 * ```
 */
export function checkSchedule(where: string, name: string, value: unknown): Schedule {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (!isPlainObject(value) || typeof value['schedule'] !== 'string') {
    return fail('option', `${where}: \`${name}\` must be a number or a schedule, received ${show(value)}.`);
  }
  const schedule = value as { readonly schedule: string } & Readonly<Record<string, Json>>;
  kindOf(`${where}: \`${name}\``, schedule).check(`${where}: \`${name}\``, schedule, checkSchedule);
  return schedule;
}
