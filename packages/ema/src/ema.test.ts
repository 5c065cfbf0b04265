import { expect, test } from 'vitest';
import { ema } from './ema';

test('options are validated and recorded', () => {
  expect(ema().options).toEqual({ decay: 0.999, warmup: { inverseGamma: 1, power: 2 / 3 }, startStep: 0, everySteps: 1, buffers: 'average', evaluate: 'use' });
  expect(ema({ halfLifeSteps: 1, warmup: false }).options).toMatchObject({ halfLifeSteps: 1, warmup: false });
  expect(() => ema({ decay: 1.5 })).toThrow('ema: `decay` must be in [0, 1], received 1.5.');
  expect(() => ema({ decay: 0.9, halfLifeSteps: 3 })).toThrow('ema: `decay` and `halfLifeSteps` say the same thing twice; give one of them.');
  expect(() => ema({ halfLifeSteps: 0 })).toThrow('ema: `halfLifeSteps` must be in (0, inf), received 0.');
  expect(() => ema({ warmup: { power: -1 } })).toThrow('ema: warmup: `power` must be in (0, inf), received -1.');
  expect(() => ema({ warmup: 3 as never })).toThrow('ema: `warmup` must be true, false or { inverseGamma, power }, received 3.');
  expect(() => ema({ warmup: { gamma: 1 } as never })).toThrow('ema: warmup: unknown option `gamma`.');
  expect(() => ema({ startStep: 0.5 })).toThrow('ema: `startStep` must be a whole number in [0, inf), received 0.5.');
  expect(() => ema({ everySteps: 0 })).toThrow('ema: `everySteps` must be a whole number in [1, inf), received 0.');
  expect(() => ema({ buffers: { '**': 'keep' as never } })).toThrow("ema: `buffers['**']` must be one of 'average', 'copy', received \"keep\".");
  expect(() => ema({ momentum: 0.9 } as never)).toThrow('ema: unknown option `momentum`.');
});
