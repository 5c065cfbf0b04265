import { expect, test } from 'vitest';
import { ParsimonyError } from '../errors';
import type { Schedule } from './kind';
import { evaluateSchedule } from './schedule';
import { strength } from './strength';

const ctx = (step: number) => ({ at: (s: Schedule) => evaluateSchedule(s, { step, totalSteps: 10 }) });
const range = { min: 0, max: 1 };

test('a number is checked at once', () => {
  expect(strength('T', 'p', 0.25, range).at(ctx(3))).toBe(0.25);
  expect(() => strength('T', 'p', -0.1, range)).toThrow('T: `p` must be in [0, 1], received -0.1.');
  expect(() => strength('T', 'p', NaN, range)).toThrow(ParsimonyError);
});

test('a schedule is checked in form at once, in value at each use', () => {
  const p = strength('T', 'p', { schedule: 'linear', start: 0, end: 2 }, range);
  expect(p.at(ctx(4))).toBeCloseTo(0.8);
  expect(() => p.at(ctx(10))).toThrow('T: `p (scheduled)` must be in [0, 1], received 2.');
  expect(() => strength('T', 'p', { schedule: 'wave' }, range)).toThrow('unknown schedule "wave"');
  expect(() => strength('T', 'p', '0.5', range)).toThrow('T: `p` must be a number or a schedule, received "0.5".');
});

test('evaluateSchedule refuses what is no schedule', () => {
  expect(() => evaluateSchedule(null as never, { step: 0, totalSteps: 1 })).toThrow('evaluateSchedule: expected a number or a schedule, received null.');
});
