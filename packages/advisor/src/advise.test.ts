import { type HistoryRow, ParsimonyError } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { advise, type AdviseOptions } from './advise';
import { applyAdvice } from './change';
import { defaultThresholds } from './options';
import { noiseOf } from './evidence';

const ended = (accuracy: number, validationAccuracy: number): HistoryRow[] => [{ epoch: 9, step: 100, values: { accuracy, validationAccuracy } }];
/** One row an epoch. */
const curves = (named: Readonly<Record<string, readonly number[]>>): HistoryRow[] => Array.from({ length: Math.max(...Object.values(named).map((v) => v.length)) }, (_, epoch) => ({
  epoch, step: 10 * (epoch + 1), values: Object.fromEntries(Object.entries(named).flatMap(([key, v]) => (v[epoch] === undefined ? [] : [[key, v[epoch]]]))),
}));
const codes = (options: AdviseOptions): string[] => advise(options).map(({ code }) => code);
const verdicts = (options: AdviseOptions): string[] => advise(options).map(({ verdict }) => verdict);
const falling = [2, 1.2, 0.8, 0.6, 0.5, 0.45, 0.42, 0.4];

describe('verdicts on accuracies', () => {
  test.each([
    [0.998, 0.721, ['severe overfitting']], [0.972, 0.894, ['mild overfitting']], [0.885, 0.879, ['slight underfitting']], [0.5, 0.49, ['severe underfitting']],
    [0.98, 0.975, []], [0.95, 0.96, []], [0.85, 0.95, []], [0.95, 0.91, []], [0.9, 0.9, []], [0.8, 0.64, ['severe overfitting']],
    [0.99, 0.94, ['mild overfitting']], [0.99, 0.9401, []], [0.9, 0.75, ['severe overfitting']], [0.9, 0.7501, ['mild overfitting']],
  ] as const)('%d and %d', (train, validation, expected) => {
    expect(verdicts({ history: ended(train, validation) })).toEqual(expected);
    expect(verdicts({ history: [], accuracies: { train, validation } })).toEqual(expected);
  });

  test('the figures, a source and a change are with each', () => {
    const [advice] = advise({ history: ended(0.998, 0.721) });
    expect(advice?.figures).toEqual({ trainAccuracy: 0.998, validationAccuracy: 0.721, gap: 0.998 - 0.721, threshold: 0.15 });
    expect(advice?.message).toContain('Training is 99.8 % right, validation 72.1 %: 27.7 points less');
    expect(advice?.source).toContain('Goodfellow');
    expect(advice?.change).toEqual({ summary: 'add `weightDecay` with decay 0.001', patch: [{ op: 'add', path: '/plugins/-', value: { name: 'weightDecay', decay: 0.001 } }] });
  });

  test('thresholds are options', () => {
    expect(verdicts({ history: ended(0.998, 0.721), thresholds: { severeGap: 0.3 } })).toEqual(['mild overfitting']);
    expect(verdicts({ history: ended(0.885, 0.879), thresholds: { poor: 0.8 } })).toEqual([]);
  });

  test('the epoch that was kept decides, and accuracies measured apart before it', () => {
    const history = curves({ accuracy: [0.9, 0.95, 0.99], validationAccuracy: [0.89, 0.93, 0.8] });
    expect(verdicts({ history })).toEqual(['severe overfitting']);
    expect(verdicts({ history, kept: 1 })).toEqual([]);
    expect(verdicts({ history, accuracies: { train: 0.97, validation: 0.96 } })).toEqual([]);
  });

  test('what still learns is not called underfitted before its end', () => {
    const history = curves({ loss: falling.slice(0, 4), accuracy: [0.3, 0.4, 0.5, 0.6], validationAccuracy: [0.3, 0.4, 0.5, 0.6] });
    expect(verdicts({ history, finished: false })).toEqual([]);
    expect(verdicts({ history })).toEqual(['severe underfitting']);
    const flat = curves({ loss: [1.2, 1, 1, 1, 1, 1, 0.99], accuracy: falling.slice(1).map(() => 0.6), validationAccuracy: falling.slice(1).map(() => 0.6) });
    expect(verdicts({ history: flat, finished: false })).toEqual(['severe underfitting']);
  });
});

describe('what follows a verdict, one at a time', () => {
  const follow = (history: HistoryRow[], configuration: object, steps: number, more: Partial<AdviseOptions> = {}): { summaries: string[]; configuration: Record<string, unknown> } => {
    let now = configuration as Record<string, unknown>;
    const summaries = Array.from({ length: steps }, () => {
      const [advice] = advise({ history, configuration: now, ...more });
      now = applyAdvice(now, advice);
      return advice?.change.summary ?? '';
    });
    return { summaries, configuration: now };
  };

  test('overfitting: decay, augmentation, early stopping, smoothing, more decay', () => {
    const { summaries, configuration } = follow(ended(0.998, 0.721), { plugins: [] }, 5, { task: 'vision' });
    expect(summaries).toEqual([
      'add `weightDecay` with decay 0.001', 'add `augment` with transform {"name":"RandomCrop","padding":2}', 'add `earlyStopping` with patience 10', 'add `labelSmoothing` with epsilon 0.1',
      'set decay 0.003 of `weightDecay`',
    ]);
    expect(configuration['plugins']).toEqual([
      { name: 'weightDecay', decay: 0.003 }, { name: 'augment', transform: { name: 'RandomCrop', padding: 2 } }, { name: 'earlyStopping', patience: 10 }, { name: 'labelSmoothing', epsilon: 0.1 },
    ]);
    const l1 = [{ name: 'l1' }, { name: 'mixup' }, { name: 'earlyStopping' }, { name: 'labelSmoothing' }];
    expect(follow(ended(0.998, 0.721), { plugins: l1, trainSize: 500 }, 1).configuration).toEqual({ plugins: l1, trainSize: 1000 });
    expect(follow(ended(0.972, 0.894), {}, 2).summaries).toEqual(['add `weightDecay` with decay 0.0001', 'add `mixup` with alpha 0.2']);
    expect(follow(ended(0.998, 0.721), { optimizer: { name: 'sgd', weightDecay: 1e-4 } }, 1).configuration).toEqual({ optimizer: { name: 'sgd', weightDecay: 1e-3 } });
  });

  test('overfitting of a plain run: the plugins that are there, or one and the run that has it', () => {
    expect(follow(ended(1, 0.8), { runs: ['plain'], plugins: [{ name: 'mixup' }] }, 1, { run: 'plain' }).configuration).toEqual({ runs: ['regularized'], plugins: [{ name: 'mixup' }] });
    expect(follow(ended(1, 0.8), { runs: ['plain'], plugins: [] }, 1, { run: 'plain' }).configuration).toEqual({ runs: ['regularized'], plugins: [{ name: 'weightDecay', decay: 1e-3 }] });
  });

  test('underfitting: the strongest regularizer weaker, a longer run, more capacity', () => {
    const plugins = [{ name: 'mixup', alpha: 0.2 }, { name: 'weightDecay', decay: 2, exclude: ['**.bias'] }];
    const weaker = follow(ended(0.8, 0.79), { plugins }, 2);
    expect(weaker.summaries).toEqual(['set decay 0.01 of `weightDecay`', 'set alpha 0.1 of `mixup`']);
    expect(weaker.configuration['plugins']).toEqual([{ name: 'mixup', alpha: 0.1 }, { name: 'weightDecay', decay: 0.01, exclude: ['**.bias'] }]);
    const still = curves({ loss: falling, accuracy: falling.map(() => 0.8), validationAccuracy: falling.map(() => 0.8) });
    expect(follow(still, { epochs: 8, models: ['mlp'] }, 1).configuration).toEqual({ epochs: 16, models: ['mlp'] });
    expect(follow(ended(0.8, 0.79), { epochs: 8, models: ['mlp'] }, 1).configuration).toEqual({ epochs: 8, models: ['cnn'] });
    expect(follow(ended(0.8, 0.79), { plugins: [{ name: 'labelSmoothing', epsilon: 0.01 }] }, 1).configuration).toEqual({ plugins: [] });
  });
});

describe('curves', () => {
  test.each([
    ['a loss that jumps', { loss: [2, 1, 0.5, 1.2, 0.6] }, ['instability']],
    ['one whose validation loss jumps too', { loss: [2, 1, 0.5, 1.2, 0.6], validationLoss: [2, 1, 0.6, 1.3, 0.7] }, ['instability']],
    ['one that only mixing makes jump', { loss: [2, 1, 0.5, 1.2, 0.6], validationLoss: [2, 1, 0.6, 0.55, 0.5] }, []],
    ['one that is not finite', { loss: [2, 1, NaN] }, ['instability']],
    ['steps left out', { loss: [2, 1, 0.9], skippedSteps: [0, 3, 0] }, ['instability']],
    ['gradients that jump', { loss: [2, 1, 0.9], 'x/gradNorm': [1, 1.2, 13] }, ['instability']],
    ['a smooth one', { loss: falling, 'x/gradNorm': [3, 2, 1, 0.5, 1, 2, 1, 1] }, []],
    ['a tiny one that doubles', { loss: [2, 0.1, 0.001, 0.002, 0.001] }, []],
    ['a validation loss that rises while training falls', { loss: falling, validationLoss: [2, 1.3, 1, 1.05, 1.1, 1.15, 1.2, 1.25] }, ['rising-validation-loss']],
    ['one that rises with it', { loss: [1, 0.5, 0.51, 0.52, 0.53], validationLoss: [1, 0.5, 0.55, 0.6, 0.65] }, []],
    ['one that rises a little', { loss: falling, validationLoss: [2, 1.3, 1, 1.01, 1.03, 1.05, 1.08, 1.1] }, []],
    ['one that rose just now', { loss: falling, validationLoss: [2, 1.3, 1.1, 1, 0.95, 0.9, 0.9, 1.2] }, []],
    ['one that scatters', { loss: falling, validationLoss: [1, 0.4, 1, 0.5, 1.1, 0.4, 0.9, 0.39] }, ['noisy-validation']],
    ['one that falls fast', { loss: falling, validationLoss: [2, 1.2, 0.8, 0.6, 0.5, 0.45, 0.42, 0.4] }, []],
    ['too few checks', { loss: falling, validationLoss: [1, 0.4, 1, 0.5, 0.39] }, []],
  ] as const)('%s', (_, named, expected) => {
    expect(codes({ history: curves(named) })).toEqual(expected);
  });

  test('a loss that jumps: clipping, then a longer warm-up or a lower rate', () => {
    const late = curves({ loss: [2, 1, 0.5, 0.4, 1.2, 0.6] });
    const early = curves({ loss: [2, 4, 3, 2, 1, 0.9, 0.8, 0.7, 0.6] });
    const change = (history: HistoryRow[], configuration: object): object => applyAdvice(configuration as Record<string, unknown>, advise({ history, configuration: configuration as Record<string, unknown> })[0]);
    const plugins = [{ name: 'clipByGlobalNorm', maxNorm: 1 }];
    expect(change(late, { plugins: [] })).toEqual({ plugins });
    expect(change(late, { plugins, lr: 3e-3 })).toEqual({ plugins, lr: 1e-3 });
    expect(change(early, { plugins })).toEqual({ plugins, schedule: { schedule: 'warmup', value: 1, steps: 5 } });
    expect(change(early, { plugins, schedule: { schedule: 'warmup', value: 1, steps: 5 } })).toEqual({ plugins, schedule: { schedule: 'warmup', value: 1, steps: 10 } });
  });

  test('a rising validation loss: early stopping, where nothing keeps the best', () => {
    const history = curves({ loss: falling, validationLoss: [2, 1.3, 1, 1.05, 1.1, 1.15, 1.2, 1.25] });
    expect(codes({ history, configuration: { plugins: [{ name: 'earlyStopping' }] } })).toEqual([]);
    const [advice] = advise({ history, configuration: { plugins: [{ name: 'earlyStopping', restoreBest: false }] } });
    expect(advice?.change.patch).toEqual([{ op: 'add', path: '/plugins/0/restoreBest', value: true }]);
    expect(advice?.figures).toMatchObject({ leastLoss: 1, leastEpoch: 3, lastLoss: 1.25, lastEpoch: 8, rise: 0.25 });
  });

  test('noise is estimated as it is made', () => {
    // +-0.1 about 1 in turn: of values a standard deviation of 0.1 each, and second differences of 0.4; sqrt(6) is for independent ones.
    const turns = Array.from({ length: 10 }, (_, i) => 1 + (i % 2 === 0 ? 0.1 : -0.1));
    expect(noiseOf(turns)).toBeCloseTo(0.4 / Math.sqrt(6), 12);
    expect(noiseOf([5, 4, 3, 2, 1])).toBe(0);
  });
});

describe('configurations, before any run', () => {
  const of = (configuration: object, more: Partial<AdviseOptions> = {}) => advise({ history: [], configuration: configuration as Record<string, unknown>, ...more });
  const applied = (configuration: object, more: Partial<AdviseOptions> = {}): object => applyAdvice(configuration as Record<string, unknown>, of(configuration, more)[0]);

  test('Adam with decay: decoupled', () => {
    expect(applied({ optimizer: { name: 'adam', weightDecay: 0.01 } })).toEqual({ optimizer: { name: 'adamw', weightDecay: 0.01 } });
    expect(applied({ optimizer: { name: 'rmsprop', weightDecay: 0.01 } })).toEqual({ optimizer: { name: 'rmsprop' }, plugins: [{ name: 'weightDecay', decay: 0.01 }] });
    expect(applied({ optimizer: { name: 'adam' }, plugins: [{ name: 'l2', lambda: 1e-3 }] })).toEqual({ optimizer: { name: 'adam' }, plugins: [{ name: 'weightDecay', decay: 1e-3 }] });
    const plain = { optimizer: { name: 'rmsprop', weightDecay: 0.01 }, plugins: [{ name: 'weightDecay' }] };
    expect(applied(plain, { run: 'plain' })).toEqual({ optimizer: { name: 'rmsprop' }, plugins: [{ name: 'weightDecay' }], runs: ['regularized'] });
    for (const name of ['sgd', 'adamw', 'lion']) expect(of({ optimizer: { name, weightDecay: 0.01 } })).toEqual([]);
    expect(of({ optimizer: { name: 'adam' }, plugins: [{ name: 'weightDecay', decay: 0.01 }] })).toEqual([]);
  });

  test.each([
    [{ plugins: [{ name: 'labelSmoothing' }, { name: 'distillation' }] }, { plugins: [{ name: 'distillation' }] }],
    [{ optimizer: { name: 'sgd', weightDecay: 0.1 }, plugins: [{ name: 'weightDecay' }] }, { optimizer: { name: 'sgd' }, plugins: [{ name: 'weightDecay' }] }],
    [{ plugins: [{ name: 'reduceOnPlateau' }, { name: 'earlyStopping', patience: 9 }] }, { plugins: [{ name: 'reduceOnPlateau', patience: 3 }, { name: 'earlyStopping', patience: 9 }] }],
  ])('a risky pair: %j', (configuration, expected) => {
    expect(of(configuration).map(({ code }) => code)).toEqual(['risky-pair']);
    expect(applied(configuration)).toEqual(expected);
    expect(of(expected)).toEqual([]);
  });

  test('a risky pair that the plan found', () => {
    const plan = { findings: [{ severity: 'warning', code: 'batch-norm-accumulation', message: 'm', plugins: [] }] } as const;
    expect(applied({ accumulate: 4 }, { plan })).toEqual({ accumulate: 4, batchStatistics: 'unsplit' });
    expect(of({ accumulate: 1 }, { plan })).toEqual([]);
    const whole = { findings: [{ severity: 'warning', code: 'per-batch-accumulation', message: 'm', plugins: [] }] } as const;
    expect(applied({ accumulate: 4 }, { plan: whole })).toEqual({ accumulate: 1 });
  });

  test('several changes since the run before: one', () => {
    const previous = { lr: 1e-3, epochs: 10, plugins: [{ name: 'mixup', alpha: 0.2 }], seed: 1 };
    const configuration = { lr: 1e-2, epochs: 10, plugins: [{ name: 'mixup', alpha: 0.4 }, { name: 'ema' }], seed: 2 };
    const [advice] = of(configuration, { previous });
    expect(advice).toMatchObject({ code: 'several-changes', figures: { changes: 3 } });
    expect(applied(configuration, { previous })).toEqual({ lr: 1e-3, epochs: 10, plugins: [{ name: 'mixup', alpha: 0.4 }], seed: 2 });
    expect(of({ ...previous, lr: 1e-2 }, { previous })).toEqual([]);
    expect(applied({ lr: 1, batchSize: 8 }, { previous: { lr: 2 } })).toEqual({ lr: 1 });
  });

  test('a wasted regularizer', () => {
    expect(applied({ plugins: [{ name: 'ema' }, { name: 'labelSmoothing', epsilon: 0 }] })).toEqual({ plugins: [{ name: 'ema' }] });
    expect(applied({ epochs: 9, plugins: [{ name: 'earlyStopping', patience: 10, restoreBest: false }] })).toEqual({ epochs: 9, plugins: [{ name: 'earlyStopping', patience: 3, restoreBest: false }] });
    expect(of({ epochs: 9, plugins: [{ name: 'earlyStopping', patience: 10 }] })).toEqual([]);
    expect(applied({ epochs: 9, plugins: [{ name: 'reduceOnPlateau' }] })).toEqual({ epochs: 9, plugins: [{ name: 'reduceOnPlateau', patience: 3 }] });
    const history = curves({ loss: falling, 'x/gradNorm': falling.map((x) => x / 10) });
    expect(applyAdvice({ plugins: [{ name: 'swa', startStep: 80 }] }, advise({ history, configuration: { plugins: [{ name: 'swa', startStep: 80 }] } })[0])).toEqual({ plugins: [{ name: 'swa', startStep: 60 }] });
    const clip = { plugins: [{ name: 'clipByGlobalNorm', maxNorm: 5 }] };
    const [advice] = advise({ history, configuration: clip });
    expect(advice).toMatchObject({ code: 'wasted-regularizer', figures: { largestMeanNorm: 0.2, maxNorm: 5 } });
    expect(applyAdvice(clip, advice)).toEqual({ plugins: [{ name: 'clipByGlobalNorm', maxNorm: 0.4 }] });
    expect(advise({ history, configuration: { plugins: [{ name: 'clipByGlobalNorm', maxNorm: 1 }] } })).toEqual([]);
  });

  test('plugins of a plain run are not looked at', () => {
    expect(of({ plugins: [{ name: 'labelSmoothing', epsilon: 0 }, { name: 'distillation' }] }, { run: 'plain' })).toEqual([]);
  });
});

describe('errors', () => {
  const refused = (options: object): string => {
    try {
      advise(options as AdviseOptions);
    } catch (error) {
      expect(error).toBeInstanceOf(ParsimonyError);
      return (error as Error).message;
    }
    return 'nothing';
  };
  test.each([
    [{ history: 3 }, 'advise: `history` must be a list of rows { epoch, step, values }, received 3.'],
    [{ history: [{ epoch: 1 }] }, 'advise: `history[0]` must be a row { epoch, step, values }, received {"epoch":1}.'],
    [{ history: [], accuracies: { train: 99.8, validation: 0.7 } }, 'advise: accuracies: `train` must be in [0, 1], received 99.8.'],
    [{ history: [], thresholds: { midlGap: 1 } }, 'advise: thresholds: unknown threshold `midlGap`. Did you mean `mildGap`?'],
    [{ history: [], thresholds: { mildGap: 0 } }, 'advise: thresholds: `mildGap` must be in (0, 1), received 0.'],
    [{ history: [], thresholds: { mildGap: 0.5 } }, 'advise: thresholds: `severeGap` must be in [0.5, inf), received 0.15.'],
    [{ history: [], thresholds: { poor: 0.5 } }, 'advise: thresholds: `veryPoor` must be in (-inf, 0.5], received 0.75.'],
    [{ history: [], thresholds: { gradientSpike: 1 } }, 'advise: thresholds: `gradientSpike` must be in (1, inf), received 1.'],
    [{ history: [], task: 'text' }, "advise: `task` must be one of 'general', 'vision', 'transformerPretraining', 'fineTuning', received \"text\"."],
    [{ history: [], run: 'both' }, "advise: `run` must be one of 'plain', 'regularized', received \"both\"."],
    [{ history: [], kept: -1 }, 'advise: `kept` must be a whole number in [0, inf), received -1.'],
    [{ history: [], plan: {} }, 'advise: `plan` must have `findings`, such as trainer.plan, received {}.'],
    [{ history: [], configuration: [] }, 'advise: `configuration` must be a configuration, an object, received [].'],
    [{ history: [], configuration: { plugins: ['mixup'] } }, 'advise: `configuration.plugins` must be a list of plugins or of { name, …options }, received ["mixup"].'],
    [{ history: [], finished: 1 }, 'advise: `finished` must be true or false, received 1.'],
    [{ history: [], plans: 1 }, 'advise: unknown option `plans`. Did you mean `plan`?'],
  ])('%j', (options, message) => { expect(refused(options)).toBe(message); });

  test('an advice of another configuration', () => {
    const change = { summary: '', patch: [{ op: 'remove', path: '/plugins/3' } as const] };
    expect(() => applyAdvice({ plugins: [] }, { change })).toThrow('applyAdvice: the configuration has nothing at /plugins/3 to remove. Apply an advice to the configuration that it was given for.');
    expect(() => applyAdvice({}, undefined)).toThrow('applyAdvice: expected an advice with a `change`, received undefined.');
  });

  test('defaults are in their own ranges', () => { expect(advise({ history: [], thresholds: defaultThresholds })).toEqual([]); });
});
