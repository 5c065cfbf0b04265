/** The schedule of a configuration: a factor of the learning rate over the steps of a run. */
import { checkSchedule, evaluateSchedule, fail, type Schedule, schedules, show } from '@parsimony/core';
import { within } from './within';

/** Factories by the name that a schedule carries; they fill in what a file leaves out. */
const factories: Readonly<Record<string, (options: never) => Schedule>> = {
  cosine: schedules.cosine, curriculum: schedules.curriculum, early: schedules.early, late: schedules.late, linear: schedules.linear,
  oneCycle: schedules.oneCycle, scale: schedules.scale, step: schedules.step, swa: schedules.swa, warmup: schedules.warmup,
};

/** Of a run that a schedule is tried on. */
const totalSteps = 1000;

export function checkRateSchedule(where: string, value: unknown): Schedule {
  return within(where, 'schedule', () => {
    const checked = checkSchedule('schedule', 'factor', completed(value));
    for (let step = 0; step < totalSteps; step++) {
      const factor = evaluateSchedule(checked, { step, totalSteps });
      if (factor < 0) fail('option', `it must be 0 or more, a factor of \`lr\`, received ${show(factor)} at step ${step}${step === 0 ? '' : ` of ${totalSteps}`}.`);
    }
    return checked;
  });
}

/** With the defaults of its kind, and of the schedule within it. */
function completed(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { schedule, ...options } = value as { readonly schedule?: unknown; readonly [option: string]: unknown };
  const factory = typeof schedule === 'string' && Object.hasOwn(factories, schedule) ? factories[schedule] : undefined;
  if (factory === undefined) return value;
  return factory({ ...options, ...('value' in options ? { value: completed(options['value']) } : {}) } as never);
}

/** Options with every schedule among them completed. */
export const withSchedules = <O extends object>(options: O): O =>
  Object.fromEntries(Object.entries(options).map(([name, value]: [string, unknown]) => [name, inner(value)])) as O;

/** Of an option, a list in it, or options in it. */
function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  return isPlain(value) && !('schedule' in value) ? withSchedules(value) : completed(value);
}

/** As JSON has them, and no network. */
const isPlain = (value: unknown): value is object => value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;

/** `lr` times the schedule. */
export const rateOf = (lr: number, schedule: Schedule): Schedule =>
  (typeof schedule === 'number' ? lr * schedule : schedules.scale({ value: schedule, factor: lr }));
