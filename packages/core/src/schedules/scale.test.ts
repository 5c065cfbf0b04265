import { expect, test } from 'vitest';
import { scale } from './scale';
import { checkSchedule, evaluateSchedule } from './schedule';

test('scales a number and a schedule, and checks what is nested', () => {
  const at = { step: 5, totalSteps: 10 };
  expect(evaluateSchedule(scale({ value: 3, factor: 0.5 }), at)).toBe(1.5);
  expect(evaluateSchedule(scale({ value: { schedule: 'linear', start: 0, end: 1 }, factor: 4 }), at)).toBe(2);
  expect(() => checkSchedule('T', 'decay', scale({ value: { schedule: 'wave' }, factor: 1 }))).toThrow('unknown schedule "wave"');
  expect(() => scale({ value: 1, factor: NaN })).toThrow('`factor` must be a number, received NaN');
});
