/**
 * Schedules: a strength as a function of the step, given as tagged data so that it survives JSON. A number is constant.
 * The registry is open: `defineSchedule` adds a kind.
 */
import { fail, show } from '../errors';
import { isPlainObject } from '../tensor/find';
import type { Json } from '../types';

/** A number, or `{ schedule: kind, …options }`. */
export type Schedule = number | { readonly schedule: string; readonly [option: string]: Json };

/** Where a run is: the step from 0, and how many there will be. */
export interface Progress { readonly step: number; readonly totalSteps: number }

export interface ScheduleKind {
  /** Refuses options that are not this kind's; called when a schedule is validated. */
  check(where: string, options: Readonly<Record<string, Json>>): void;
  value(options: Readonly<Record<string, Json>>, progress: Progress): number;
}

const kinds = new Map<string, ScheduleKind>();

/** Adds a kind of schedule, or replaces one. */
export function defineSchedule(name: string, kind: ScheduleKind): void { kinds.set(name, kind); }

function kindOf(where: string, schedule: { readonly schedule: string }): ScheduleKind {
  return kinds.get(schedule.schedule)
    ?? fail('option', `${where}: unknown schedule ${show(schedule.schedule)}; known: ${[...kinds.keys()].join(', ')}.`);
}

/** The value of a schedule at a step. */
export function evaluateSchedule(schedule: Schedule, progress: Progress): number {
  if (typeof schedule === 'number') return schedule;
  return kindOf('schedule', schedule).value(schedule, progress);
}

/** Refuses what is neither a finite number nor a known schedule with right options; returns it. */
export function checkSchedule(where: string, name: string, value: unknown): Schedule {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (!isPlainObject(value) || typeof value['schedule'] !== 'string') {
    return fail('option', `${where}: \`${name}\` must be a number or a schedule, received ${show(value)}.`);
  }
  const schedule = value as { readonly schedule: string } & Readonly<Record<string, Json>>;
  kindOf(`${where}: \`${name}\``, schedule).check(`${where}: \`${name}\``, schedule);
  return schedule;
}
