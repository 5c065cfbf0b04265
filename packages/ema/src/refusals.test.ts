/** Junk in each place of each function: an error that says what was expected, never a TypeError; and nothing is consumed. */
import { type FitSnapshot, ParsimonyError, ready, tensor, type Weights } from '@parsimony/core';
import { beforeAll, expect, test } from 'vitest';
import { averagedStateDict, ema, emaDecay, updateAverage } from './index';

const said = (run: () => unknown): string => {
  try { run(); } catch (error) { return error instanceof ParsimonyError ? error.message : `${String(error)} is no ParsimonyError`; }
  return 'nothing was thrown';
};
const weights = (): Weights => ({ params: { w: tensor([1, 2]), b: tensor([3]) }, buffers: {} });

beforeAll(async () => { await ready(); });

test('updateAverage: weights, options, and an average that stays as it was', async () => {
  const average = weights();
  for (const junk of [undefined, null, 3, 'w', {}, { params: {} }, { params: { w: 1 }, buffers: {} }, { params: [], buffers: {} }]) {
    expect(said(() => updateAverage(junk as never, weights(), { decay: 0.5 }))).toMatch(/^updateAverage: `average\..* must be .*, received /);
    expect(said(() => updateAverage(average, junk as never, { decay: 0.5 }))).toMatch(/^updateAverage: `weights\..* must be .*, received /);
  }
  expect(said(() => updateAverage(average, weights(), { decay: 0.5, decays: 1 } as never))).toContain('unknown option `decays`. Did you mean `decay`?');
  expect(said(() => updateAverage(average, weights(), { decay: 0.5, gate: 1 } as never))).toBe('updateAverage: `gate` must be a tensor, received 1.');
  expect(said(() => updateAverage(average, { params: { w: tensor([1, 2]), c: tensor([1]) }, buffers: {} }, { decay: 0.5 }))).toBe('updateAverage: the average has no `c`; it has: w, b.');
  expect(said(() => updateAverage(average, { params: { w: tensor([1, 2]), b: tensor([1, 2]) }, buffers: {} }, { decay: 0.5 }))).toBe('updateAverage: `b` must have the shape [1] of the average, received [2].');
  expect(await Promise.all(Object.values(average.params).map((x) => x.array()))).toEqual([[1, 2], [3]]);
});

test('snapshots and decays', () => {
  for (const junk of [undefined, null, 3, {}]) expect(said(() => averagedStateDict(junk as never))).toMatch(/^averagedStateDict: expected what .*, received /);
  for (const plugin of [null, 3, []]) expect(said(() => averagedStateDict({ plugins: {}, step: 0 } as unknown as FitSnapshot, { plugin } as never))).toMatch(/^averagedStateDict: `plugin` must be .*, received /);
  for (const run of [() => ema({ decay: null } as never), () => emaDecay(1, { decay: null } as never)]) expect(said(run)).toMatch(/`decay` must be a number or a schedule, received null\.$/);
});
