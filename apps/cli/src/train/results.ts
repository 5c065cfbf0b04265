/** The table of a training, and how much the regularizers took off the test error. */
import { summary, table } from '../terminal/table';
import { runNames } from './config';
import type { Outcome } from './experiment';

const percent = (values: readonly number[]): string => summary(values.map((v) => 100 * v), 2);

/** In the order of training. */
const modelsOf = (outcomes: readonly Outcome[]): readonly string[] => [...new Set(outcomes.map((o) => o.model))];

export function resultsTable(outcomes: readonly Outcome[]): string {
  return table(resultsHeader, resultsRows(outcomes));
}

export const resultsHeader: readonly string[] = ['model', 'run', 'train %', 'validation %', 'test %', 'gap', 'epochs', 'seconds'];

/** Train, validation and test accuracy, the gap between the first and the last, and the time, for each model and run. */
export function resultsRows(outcomes: readonly Outcome[]): readonly (readonly string[])[] {
  return modelsOf(outcomes).flatMap((model) => runNames.flatMap((run) => {
    const some = outcomes.filter((o) => o.model === model && o.run === run);
    if (some.length === 0) return [];
    return [[
      model, run, percent(some.map((o) => o.train)), percent(some.map((o) => o.validation)), percent(some.map((o) => o.test)),
      percent(some.map((o) => o.train - o.test)), summary(some.map((o) => o.epochs), 0), summary(some.map((o) => o.seconds), 1),
    ]];
  }));
}

/** Test error of both runs of a model and their relation, where both were trained. */
export interface Comparison { readonly model: string; readonly plain: number; readonly regularized: number; readonly reduction: number }

export function comparisons(outcomes: readonly Outcome[]): readonly Comparison[] {
  const error = (model: string, run: Outcome['run']): number | undefined => {
    const some = outcomes.filter((o) => o.model === model && o.run === run);
    return some.length === 0 ? undefined : some.reduce((sum, o) => sum + 1 - o.test, 0) / some.length;
  };
  return modelsOf(outcomes).flatMap((model) => {
    const [plain, regularized] = [error(model, 'plain'), error(model, 'regularized')];
    return plain === undefined || regularized === undefined ? [] : [{ model, plain, regularized, reduction: 1 - regularized / plain }];
  });
}

export const comparisonLine = ({ model, plain, regularized, reduction }: Comparison): string =>
  `${model}: test error ${(100 * plain).toFixed(2)} % plain, ${(100 * regularized).toFixed(2)} % regularized: ${(100 * Math.abs(reduction)).toFixed(0)} % ${reduction >= 0 ? 'lower' : 'higher'}`;
