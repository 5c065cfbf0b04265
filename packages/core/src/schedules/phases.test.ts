/** Curriculum, early and late schedules: their papers' formulas. */
import { expect, test } from 'vitest';
import { curriculum } from './curriculum';
import { early } from './early';
import { late } from './late';
import { checkSchedule, evaluateSchedule, type Schedule } from './schedule';

const over = (schedule: Schedule, steps: readonly number[], totalSteps = 100): number[] => steps.map((step) => evaluateSchedule(schedule, { step, totalSteps }));

test("curriculum: the paper's retain probability, (1 - theta) exp(-gamma t) + theta with gamma = 10 / T", () => {
  const theta = 0.6;
  const steps = [0, 1, 7, 50, 100];
  const retain = steps.map((t) => (1 - theta) * Math.exp((-10 / 100) * t) + theta);
  over(curriculum({ end: 1 - theta }), steps).forEach((p, i) => { expect(1 - p).toBeCloseTo(retain[i] ?? 0, 12); });
  expect(over(curriculum({ end: 0.4 }), [0])).toEqual([0]);
  // With a length or a speed of its own it does not ask how long the run is.
  for (const own of [{ steps: 40 }, { gamma: 0.25 }]) expect(over(curriculum({ end: 0.4, ...own }), steps, 1000)).toEqual(over(curriculum({ end: 0.4, ...own }), steps, 100));
  expect(over(curriculum({ end: 0.4, steps: 40 }), [8])).toEqual(over(curriculum({ end: 0.4, gamma: 0.25 }), [8]));
  // Downwards too, for strengths that fade.
  expect(over(curriculum({ start: 1, end: 0, gamma: 1 }), [0, 2])[1]).toBeCloseTo(Math.exp(-2), 12);
});

test('early: on, then off; or along np.linspace(value, 0, steps)', () => {
  expect(over(early({ value: 0.3, steps: 3 }), [0, 2, 3, 99])).toEqual([0.3, 0.3, 0, 0]);
  over(early({ value: 0.3, steps: 4, mode: 'linear' }), [0, 1, 2, 3, 4]).forEach((p, i) => { expect(p).toBeCloseTo([0.3, 0.2, 0.1, 0, 0][i] ?? 0, 12); });
  expect(over(early({ value: 0.3, steps: 1, mode: 'linear' }), [0, 1])).toEqual([0.3, 0]);
});

test('late: off, then on', () => {
  expect(over(late({ value: 0.3, steps: 3 }), [0, 2, 3, 99])).toEqual([0, 0, 0.3, 0.3]);
});

test('they survive JSON, and say what is wrong', () => {
  for (const schedule of [curriculum({ end: 0.5 }), early({ value: 0.1, steps: 5 }), late({ value: 0.1, steps: 5 })]) {
    expect(checkSchedule('T', 'p', JSON.parse(JSON.stringify(schedule)))).toEqual(schedule);
  }
  expect(() => curriculum({ end: 0.5, gamma: 0 })).toThrow('schedules.curriculum: `gamma` must be in (0, inf), received 0.');
  expect(() => curriculum({} as never)).toThrow('`end` must be a number, received undefined.');
  expect(() => early({ value: 0.1, steps: 0 })).toThrow('schedules.early: `steps` must be a whole number in [1, inf), received 0.');
  expect(() => early({ value: 0.1, steps: 2, mode: 'cosine' as never })).toThrow("`mode` must be one of 'constant', 'linear'");
  expect(() => late({ value: 0.1 } as never)).toThrow('schedules.late: `steps` must be a whole number');
  expect(() => late({ value: 0.1, steps: 2, mode: 'linear' } as never)).toThrow('unknown option `mode`');
});
