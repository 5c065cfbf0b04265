import { type Advice, advise, applyAdvice, type Configuration, presets } from '@parsimony/advisor';
import { ema } from '@parsimony/ema';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../report/record';
import { adviceAfter, adviceBefore, adviceOnChanges, adviceText } from './advice';
import { checkConfig, defaults } from './config';

const curves = (rows: readonly Readonly<Record<string, number>>[]) => rows.map((values, epoch) => ({ epoch, step: 10 * (epoch + 1), values }));
const accuracies = (accuracy: number, validationAccuracy: number) => curves([{ accuracy, validationAccuracy }]);
const losses = [2, 1.2, 0.8, 0.6, 0.5, 0.45, 0.42, 0.4];
const of = (given: object): Configuration => checkConfig('test', given) as unknown as Configuration;
const finding = (code: string) => ({ findings: [{ severity: 'warning' as const, code, message: 'm', plugins: [] }] });

/** One for each change that there is. */
const cases: readonly (readonly [string, () => readonly Advice[], Configuration])[] = [
  ...[[], [{ name: 'weightDecay', decay: 1e-5 }], [{ name: 'weightDecay' }], [{ name: 'weightDecay' }, { name: 'mixup' }], [{ name: 'weightDecay' }, { name: 'mixup' }, { name: 'earlyStopping' }],
    [{ name: 'weightDecay' }, { name: 'mixup' }, { name: 'earlyStopping' }, { name: 'labelSmoothing' }]].flatMap((plugins) => (['plain', 'regularized'] as const).flatMap((run) => (['general', 'vision'] as const).map((task) => {
    const configuration = of({ plugins, runs: [run] });
    return [`overfitting, ${task} ${run}, ${plugins.length} plugins`, () => advise({ history: accuracies(0.998, 0.721), configuration, run, task }), configuration] as const;
  }))),
  ...[{ plugins: [] }, { plugins: [], models: ['mlp'] }, { plugins: [{ name: 'weightDecay', decay: 1 }] }, { plugins: [{ name: 'mixup' }, ema()] }, { plugins: [], optimizer: { name: 'sgd', weightDecay: 0.1 } }].map((given) => {
    const configuration = of(given);
    return [`underfitting, ${JSON.stringify(given)}`, () => advise({ history: accuracies(0.5, 0.5), configuration }), configuration] as const;
  }),
  ...[{ plugins: [] }, { plugins: [{ name: 'clipByGlobalNorm' }] }, { plugins: [{ name: 'clipByGlobalNorm' }], schedule: { schedule: 'warmup', steps: 10, value: 1 } }].flatMap((given) => [[2, 4, 1, 1, 1, 1], [2, 1, 1, 1, 1, 2]].map((loss) => {
    const configuration = of(given);
    return [`instability ${JSON.stringify([given, loss])}`, () => advise({ history: curves(loss.map((x) => ({ loss: x }))), configuration }), configuration] as const;
  })),
  ...[{ plugins: [] }, { plugins: [{ name: 'earlyStopping', restoreBest: false }] }].map((given) => {
    const configuration = of(given);
    return [`rising ${JSON.stringify(given)}`, () => advise({ history: curves(losses.map((loss, i) => ({ loss, validationLoss: [2, 1.3, 1, 1.05, 1.1, 1.15, 1.2, 1.25][i] ?? 0 }))), configuration }), configuration] as const;
  }),
  ...[{ plugins: [] }, { plugins: [{ name: 'ema' }] }].map((given) => {
    const configuration = of(given);
    return [`noisy ${JSON.stringify(given)}`, () => advise({ history: curves([1, 0.4, 1, 0.5, 1.1, 0.4].map((validationLoss) => ({ validationLoss }))), configuration }), configuration] as const;
  }),
  ...[
    { optimizer: { name: 'adam', weightDecay: 0.01 }, plugins: [] }, { optimizer: { name: 'rmsprop', weightDecay: 0.01 }, plugins: [] }, { plugins: [{ name: 'l2' }] },
    { plugins: [{ name: 'labelSmoothing' }, { name: 'distillation', teacher: (x: unknown) => x }] }, { plugins: [{ name: 'weightDecay' }], optimizer: { name: 'sgd', weightDecay: 0.1 } },
    { plugins: [{ name: 'reduceOnPlateau' }, { name: 'earlyStopping', patience: 5 }] }, { plugins: [{ name: 'labelSmoothing', epsilon: 0 }] }, { epochs: 5, plugins: [{ name: 'reduceOnPlateau' }] },
  ].map((given) => [JSON.stringify(given), () => adviceBefore(of(given), 'regularized', []), of(given)] as const),
  ...['batch-norm-accumulation', 'per-batch-accumulation'].map((code) => [code, () => advise({ history: [], configuration: of({ accumulate: 2 }), plan: finding(code) }), of({ accumulate: 2 })] as const),
  ['several changes', () => adviceOnChanges(of({ lr: 1, epochs: 3, plugins: [] }), of({})), of({ lr: 1, epochs: 3, plugins: [] })],
];

test.each(cases)('a change gives a configuration that is accepted: %s', (_, advised, configuration) => {
  const advices = advised();
  expect(advices.length).toBeGreaterThan(0);
  for (const advice of advices) {
    const next = applyAdvice(configuration, advice);
    expect(() => checkConfig('test', next)).not.toThrow();
    expect(JSON.stringify(next)).not.toBe(JSON.stringify(configuration));
  }
});

test.each(Object.entries(presets))('the preset %s is accepted, and there is nothing to advise on it', (_, { configuration }) => {
  expect(adviceBefore(of(configuration), 'regularized', [])).toEqual([]);
});

describe('what the command says', () => {
  const record = (train: number, validation: number, run: 'plain' | 'regularized'): RunRecord => ({
    outcome: { model: 'mlp', run, seed: 0, train, validation, test: validation, epochs: 1, seconds: 1, reason: 'completed' }, history: [], kept: null, explained: '', findings: [], predictions: null,
  });

  test('nothing of the default configuration', () => {
    expect(adviceBefore(defaults as unknown as Configuration, 'regularized', [])).toEqual([]);
    expect(adviceText([])).toBe('Advice\n  none');
  });

  test('of a finished run, with figures, change and source', () => {
    const text = adviceText(adviceAfter(of({ plugins: [] }), record(0.998, 0.721, 'regularized')));
    for (const part of ['warning severe overfitting: Training is 99.8 % right', 'figures  trainAccuracy 0.998', 'change   add `weightDecay` with decay 0.001', 'as JSON  [{"op":"add","path":"/plugins/-"', 'source   Goodfellow']) expect(text).toContain(part);
    expect(adviceAfter(of({}), record(0.998, 0.721, 'plain'))[0]?.change.summary).toBe('set `runs` to ["regularized"]');
    expect(adviceAfter(of({}), record(0.98, 0.97, 'regularized'))).toEqual([]);
  });
});
