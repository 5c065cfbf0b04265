import { describe, expect, test } from 'vitest';
import { beginStopping, improvement, type StoppingOptions, type StoppingState } from './improvement';

interface Outcome {
  /** Epoch of the check that stopped; undefined: the curve ran out. */
  readonly stoppedAt: number | undefined;
  readonly stop: StoppingState['stop'];
  readonly best: number | undefined;
  readonly improvements: readonly number[];
}

/** Feeds a curve, one check an epoch, until the machine says stop. */
function follow(curve: readonly number[], options: StoppingOptions): Outcome {
  let state = beginStopping;
  const improvements: number[] = [];
  for (const [epoch, value] of curve.entries()) {
    const next = improvement(state, { value, epoch, step: 10 * epoch }, options);
    state = next.state;
    if (next.improved) improvements.push(epoch);
    if (state.stop !== null) return { stoppedAt: epoch, stop: state.stop, best: state.best?.epoch, improvements };
  }
  return { stoppedAt: undefined, stop: null, best: state.best?.epoch, improvements };
}

describe('curves', () => {
  const row = (name: string, curve: number[], options: StoppingOptions, expected: Partial<Outcome>) => [name, curve, options, expected] as const;
  test.each([
    row('always better', [5, 4, 3, 2], { patience: 1 }, { stoppedAt: undefined, best: 3, improvements: [0, 1, 2, 3] }),
    row('stops when the checks without improvement reach the patience', [3, 2, 4, 5, 6], { patience: 3 }, { stoppedAt: 4, stop: 'patience', best: 1 }),
    row('a patience of 1 stops at the first', [3, 2, 4, 1], { patience: 1 }, { stoppedAt: 2, best: 1 }),
    row('a patience of 0 acts as 1', [3, 2, 4, 1], { patience: 0 }, { stoppedAt: 2, best: 1 }),
    row('equal is not better', [2, 2, 2], { patience: 2 }, { stoppedAt: 2, best: 0 }),
    row('an improvement begins the count anew', [3, 4, 2, 5, 5, 1], { patience: 3 }, { stoppedAt: undefined, best: 5 }),
    row('higher is better', [0.1, 0.5, 0.4, 0.3], { mode: 'max', patience: 2 }, { stoppedAt: 3, best: 1 }),
    row('minDelta: small steps do not count', [1, 0.95, 0.9, 0.85], { minDelta: 0.2, patience: 3 }, { stoppedAt: 3, best: 0, improvements: [0] }),
    row('minDelta: a step of exactly it does not count', [1, 0.75], { minDelta: 0.25, patience: 1 }, { stoppedAt: 1, best: 0 }),
    row('minDelta is measured from the best: small steps add up', [1, 0.9, 0.75], { minDelta: 0.2, patience: 3 }, { best: 2, improvements: [0, 2] }),
    row('relative minDelta scales with the best', [100, 95, 89, 88], { minDelta: 0.1, minDeltaMode: 'relative', patience: 3 }, { best: 2, improvements: [0, 2] }),
    row('relative minDelta of negative values, higher better', [-10, -9.5, -8], { mode: 'max', minDelta: 0.1, minDeltaMode: 'relative', patience: 5 }, { improvements: [0, 2] }),
    row('baseline: not reached in time', [5, 4, 3], { baseline: 2, patience: 3 }, { stoppedAt: 2, best: 2, improvements: [0, 1, 2] }),
    row('baseline: reached, then the count begins anew', [5, 1, 3, 3], { baseline: 2, patience: 2 }, { stoppedAt: 3, best: 1 }),
    row('startEpoch: earlier checks are ignored, however good', [0, 9, 5, 6, 7], { startEpoch: 2, patience: 2 }, { stoppedAt: 4, best: 2, improvements: [2] }),
    row('target reached', [5, 3, 1, 0.5], { target: 1, patience: 9 }, { stoppedAt: 2, stop: 'target', best: 2 }),
    row('target reached, higher better', [0.5, 0.99], { mode: 'max', target: 0.99 }, { stoppedAt: 1, stop: 'target', best: 1 }),
    row('divergence', [1, 2, 51], { divergence: 50 }, { stoppedAt: 2, stop: 'divergence', best: 0 }),
    row('divergence, higher better', [0.5, 0.05], { mode: 'max', divergence: 0.1 }, { stoppedAt: 1, stop: 'divergence', best: 0 }),
    row('NaN stops at once', [1, NaN, 0.5], { patience: 5 }, { stoppedAt: 1, stop: 'non-finite', best: 0 }),
    row('infinity stops at once', [Infinity], {}, { stoppedAt: 0, stop: 'non-finite', best: undefined }),
    row('NaN as no improvement', [1, NaN, NaN, 0.5], { checkFinite: false, patience: 2 }, { stoppedAt: 2, stop: 'patience', best: 0 }),
    row('-infinity is never the best', [1, -Infinity, 0.5], { checkFinite: false, patience: 5 }, { best: 2, improvements: [0, 2] }),
    row('the default patience is 10', [0, ...new Array<number>(20).fill(1)], {}, { stoppedAt: 10, best: 0 }),
  ])('%s', (_, curve, options, expected) => {
    expect(follow(curve, options)).toMatchObject(expected);
  });
});

test('the state survives JSON and goes on from there', () => {
  const options = { patience: 2 };
  const once = improvement(beginStopping, { value: 1, epoch: 0, step: 0 }, options).state;
  const twice = improvement(once, { value: 2, epoch: 1, step: 10 }, options).state;
  const resumed = JSON.parse(JSON.stringify(twice)) as StoppingState;
  expect(resumed).toEqual(twice);
  expect(improvement(resumed, { value: 2, epoch: 2, step: 20 }, options).state).toEqual({ checks: 3, wait: 2, best: { value: 1, epoch: 0, step: 0 }, stop: 'patience' });
});

test('errors', () => {
  const check = { value: 1, epoch: 0, step: 0 };
  const given = (options: unknown) => () => improvement(beginStopping, check, options as StoppingOptions);
  expect(given({ patience: -1 })).toThrow('improvement: `patience` must be a whole number in [0, inf), received -1.');
  expect(given({ patience: 1.5 })).toThrow('`patience` must be a whole number');
  expect(given({ minDelta: -0.1 })).toThrow('`minDelta` must be in [0, inf), received -0.1.');
  expect(given({ minDeltaMode: 'percent' })).toThrow("`minDeltaMode` must be one of 'absolute', 'relative'");
  expect(given({ mode: 'auto' })).toThrow("`mode` must be one of 'min', 'max', received \"auto\".");
  expect(given({ baseline: NaN })).toThrow('`baseline` must be a number, received NaN.');
  expect(given({ target: '1' })).toThrow('`target` must be a number, received "1".');
  expect(given({ startEpoch: -1 })).toThrow('`startEpoch` must be a whole number in [0, inf), received -1.');
  expect(given({ checkFinite: 'no' })).toThrow('`checkFinite` must be true or false');
  expect(given({ patince: 3 })).toThrow('improvement: unknown option `patince`. Did you mean `patience`?');
});
