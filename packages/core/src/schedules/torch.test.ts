/** Schedules against PyTorch's learning rates; the cases are made by tooling/reference. */
import { evaluateSchedule, type Schedule, schedules } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray } from '@parsimony/testkit';
import { expect, test } from 'vitest';

interface Case {
  readonly name: string;
  readonly schedule: string;
  readonly options: Readonly<Record<string, number>> & { readonly annealStrategy?: 'cos' | 'linear'; readonly mode?: 'min' | 'max'; readonly thresholdMode?: 'rel' | 'abs' };
  readonly lr: number;
  readonly lrs: FixtureArray;
  readonly metrics?: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../../fixtures/schedules.json', import.meta.url));

/** PyTorch's schedule in our words. */
const translate: Readonly<Record<string, (lr: number, options: Case['options']) => Schedule>> = {
  ConstantLR: (lr) => lr,
  StepLR: (value, { stepSize = 1, gamma = 0.1 }) => schedules.step({ value, stepSize, gamma }),
  ExponentialLR: (value, { gamma = 1 }) => schedules.step({ value, stepSize: 1, gamma }),
  CosineAnnealingLR: (value, { tMax = 1, etaMin: min = 0 }) => schedules.cosine({ value, steps: tMax, min }),
  LinearLR: (value, { startFactor = 1, endFactor = 1, totalIters: steps = 1 }) => endFactor === 1
    ? schedules.warmup({ value, steps, startFactor })
    : schedules.linear({ start: value * startFactor, end: value * endFactor, steps }),
  SWALR: (value, { swaLr = 0, annealEpochs: annealSteps = 0, annealStrategy: anneal = 'cos' }) => schedules.swa({ value, swaLr, startStep: 0, annealSteps, anneal }),
  'SWALR after CosineAnnealingLR': (value, { tMax = 1, start: startStep = 0, swaLr = 0, annealEpochs: annealSteps = 0, annealStrategy: anneal = 'cos' }) =>
    schedules.swa({ value: schedules.cosine({ value, steps: tMax }), swaLr, startStep, annealSteps, anneal }),
  OneCycleLR: (_, { maxLr: max = 0, totalSteps: steps = 2, annealStrategy: anneal = 'cos', pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 }) =>
    schedules.oneCycle({ max, steps, anneal, pctStart, divFactor, finalDivFactor }),
};

test.each(cases.filter((c) => !c.metrics).map((c) => [c.name, c] as const))('%s', async (_, { schedule, options, lr, lrs }) => {
  const ours = translate[schedule]?.(lr, options);
  expect(ours, `a translation of ${schedule}`).toBeDefined();
  const totalSteps = lrs.data.length;
  await expectClose(Array.from(lrs.data, (_rate, step) => evaluateSchedule(ours as Schedule, { step, totalSteps })), lrs, { rtol: 1e-12 });
});

test.each(cases.filter((c) => c.metrics).map((c) => [c.name, c] as const))('%s', async (_, { options, lr, lrs, metrics }) => {
  const { minLr = 0, ...rest } = options;
  const plateau = schedules.plateau({ ...rest, minScale: minLr / lr });
  let state = plateau.initial;
  const rates = Array.from(metrics?.data ?? [], (metric) => lr * (state = plateau.update(state, metric)).scale);
  expect(new Set(rates).size, 'the rate falls more than once').toBeGreaterThan(2);
  await expectClose(rates, lrs, { rtol: 1e-12 });
});
