import { expect, test } from 'vitest';
import { earlyStopping } from './early-stopping';

test('options are validated and recorded', () => {
  expect(earlyStopping().options).toEqual({
    monitor: 'loss', split: 'validation', restoreBest: true, mode: 'min', minDelta: 0, minDeltaMode: 'absolute', patience: 10, startEpoch: 0, checkFinite: true,
  });
  expect(earlyStopping({ monitor: 'accuracy', target: 0.99 }).options).toMatchObject({ mode: 'max', target: 0.99 });
  expect(() => earlyStopping({ monitor: 'f1' })).toThrow("earlyStopping: `mode` must be 'min' or 'max' for the metric 'f1', which may be better either way.");
  expect(earlyStopping({ monitor: 'f1', mode: 'max' }).options).toMatchObject({ monitor: 'f1', mode: 'max' });
  expect(() => earlyStopping({ monitor: '' })).toThrow('earlyStopping: `monitor` must be a name, received "".');
  expect(() => earlyStopping({ split: 3 as never })).toThrow('earlyStopping: `split` must be a name, received 3.');
  expect(() => earlyStopping({ restoreBest: 1 as never })).toThrow('earlyStopping: `restoreBest` must be true or false, received 1.');
  expect(() => earlyStopping({ patience: -1 })).toThrow('earlyStopping: `patience` must be a whole number in [0, inf), received -1.');
  expect(() => earlyStopping({ restorBest: true } as never)).toThrow('earlyStopping: unknown option `restorBest`. Did you mean `restoreBest`?');
});

test('claims the kept weights only where it restores them', () => {
  expect(earlyStopping().claims).toEqual({ reads: ['eval.weights'], writes: { 'kept.weights': 'replace' } });
  expect(earlyStopping({ restoreBest: false }).claims).toEqual({ reads: ['eval.weights'] });
});
