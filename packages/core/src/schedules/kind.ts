/** What a kind of schedule is. */
import type { Json } from '../types';

/** A number, or `{ schedule: kind, …options }`: tagged data, so that it survives JSON. */
export type Schedule = number | { readonly schedule: string; readonly [option: string]: Json };

/** Where a run is: the step from 0, and how many there will be. */
export interface Progress { readonly step: number; readonly totalSteps: number }

type Options = Readonly<Record<string, Json>>;

export interface ScheduleKind {
  /** Refuses options that are not this kind's. `nested` checks an option that is a schedule itself. */
  check(where: string, options: Options, nested: (where: string, name: string, value: unknown) => Schedule): void;
  /** The value at a step. `nested` evaluates an option that is a schedule itself. */
  value(options: Options, progress: Progress, nested: (schedule: Schedule, progress: Progress) => number): number;
}

/** @internal The `steps` option, or the run's length. */
export const lengthOf = (options: Options, { totalSteps }: Progress): number => Math.max(1, Number(options['steps'] ?? totalSteps));
