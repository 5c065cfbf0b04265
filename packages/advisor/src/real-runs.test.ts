/** Twelve runs of `parsimony train` on MNIST, as scripts/real-runs.mjs keeps them. */
import { readFileSync } from 'node:fs';
import type { HistoryRow } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { advise } from './advise';
import type { Configuration } from './configuration';

interface RealRun {
  readonly is: 'over' | 'under' | 'well';
  readonly config: Configuration & { readonly runs: readonly ['plain' | 'regularized'] };
  readonly accuracies: { readonly train: number; readonly validation: number; readonly test: number };
  readonly kept: { readonly epoch: number } | null;
  readonly history: readonly HistoryRow[];
}

const runs = JSON.parse(readFileSync(new URL('../fixtures/real-runs.json', import.meta.url), 'utf8')) as readonly RealRun[];

test('there are four of each', () => {
  for (const kind of ['over', 'under', 'well']) expect(runs.filter(({ is }) => is === kind)).toHaveLength(4);
});

describe.each(runs.map((run, i) => [i + 1, run.is, run] as const))('run %d, which is %s-fitted', (_, is, { config, accuracies: { train, validation }, kept, history }) => {
  const advised = advise({
    history, configuration: config, run: config.runs[0], accuracies: { train, validation }, ...(kept === null ? {} : { kept: kept.epoch }), task: 'vision',
  });

  test('is called that', () => {
    const fits = advised.map(({ code }) => code).filter((code) => ['overfitting', 'underfitting'].includes(code));
    expect(fits).toEqual(is === 'well' ? [] : [`${is}fitting`]);
  });

  test(is === 'well' ? 'gets no advice at all' : 'is not called unstable or noisy', () => {
    const alarms = advised.filter(({ code }) => is === 'well' || ['instability', 'noisy-validation', 'coupled-decay', 'risky-pair'].includes(code));
    expect(alarms).toEqual([]);
  });
});

test('while it goes on, no well-fitted run is advised on what the history holds so far', () => {
  for (const { config, history } of runs.filter(({ is }) => is === 'well')) {
    for (let n = 1; n <= history.length; n++) {
      const said = advise({ history: history.slice(0, n), configuration: config, run: config.runs[0], finished: false });
      expect(said.map(({ code }) => `${code} after ${n}`)).toEqual([]);
    }
  }
});
