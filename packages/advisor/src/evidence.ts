/** What a history says: its curves by epoch, and the accuracies of the weights that count. */
import { checkNumber, checkOptions, fail, type HistoryRow, show } from '@parsimony/core';

export interface Accuracies { readonly train: number; readonly validation: number }

export interface Evidence {
  readonly accuracies: Accuracies | undefined;
  readonly epochs: number;
  readonly steps: number;
  /** By epoch, of those that have one. */
  readonly losses: readonly number[];
  /** By check. */
  readonly checks: readonly { readonly epoch: number; readonly loss: number; readonly trainLoss: number | undefined }[];
  readonly skippedSteps: number;
  /** Epochs whose training or validation loss is not finite. */
  readonly nonFinite: number;
  readonly gradientNorms: readonly number[];
}

/** @internal `accuracies` measured apart go before those of the history, which are of the batches as they were trained on. */
export function readHistory(where: string, given: readonly HistoryRow[], accuracies: Accuracies | undefined, kept: number | undefined): Evidence {
  const history: readonly HistoryRow[] = Array.isArray(given) ? given : fail('option', `${where}: \`history\` must be a list of rows { epoch, step, values }, received ${show(given)}.`);
  for (const [i, row] of history.entries()) {
    if (typeof row?.epoch !== 'number' || typeof row.step !== 'number' || row.values === null || typeof row.values !== 'object') {
      fail('option', `${where}: \`history[${i}]\` must be a row { epoch, step, values }, received ${show(row)}.`);
    }
  }
  const rows = history.filter(({ values }) => values['loss'] !== undefined || values['accuracy'] !== undefined);
  const losses = rows.flatMap(({ values }) => values['loss'] ?? []);
  const checks = history.flatMap(({ epoch, values }) => (values['validationLoss'] === undefined ? [] : [{ epoch, loss: values['validationLoss'], trainLoss: values['loss'] }]));
  return {
    accuracies: accuracies === undefined ? fromRows(where, history, kept) : checkAccuracies(where, accuracies),
    epochs: rows.length, steps: history.at(-1)?.step ?? 0, losses, checks,
    skippedSteps: history.reduce((sum, { values }) => sum + (values['skippedSteps'] ?? 0), 0),
    nonFinite: history.filter(({ values }) => [values['loss'], values['validationLoss']].some((x) => x !== undefined && !Number.isFinite(x))).length,
    gradientNorms: rows.flatMap(({ values }) => Object.entries(values).filter(([key]) => key.endsWith('/gradNorm')).slice(0, 1).map(([, norm]) => norm)),
  };
}

/** Those of the epoch that was kept, else of the last that has both. */
function fromRows(where: string, history: readonly HistoryRow[], kept: number | undefined): Accuracies | undefined {
  const both = history.filter(({ values }) => values['accuracy'] !== undefined && values['validationAccuracy'] !== undefined);
  const values = (both.find(({ epoch }) => epoch === kept) ?? both.at(-1))?.values;
  const [train, validation] = [values?.['accuracy'], values?.['validationAccuracy']];
  return train === undefined || validation === undefined || !Number.isFinite(train) || !Number.isFinite(validation) ? undefined : checkAccuracies(where, { train, validation });
}

function checkAccuracies(where: string, accuracies: Accuracies): Accuracies {
  checkOptions(where, accuracies, ['train', 'validation'], 'accuracy');
  for (const name of ['train', 'validation'] as const) checkNumber(`${where}: accuracies`, name, accuracies[name], { min: 0, max: 1 });
  return accuracies;
}

/**
 * @internal How much the training or the validation loss fell over the last third of the epochs, as a share, whichever fell more: what mixes or drops
 * makes the first of them go up and down. 0 where there are too few.
 */
export const recentFall = ({ losses, checks }: Evidence): number => Math.max(0, fallOf(losses), fallOf(checks.map(({ loss }) => loss)));

function fallOf(losses: readonly number[]): number {
  const [before, last] = [losses[Math.floor((2 * (losses.length - 1)) / 3)], losses.at(-1)];
  return losses.length < 3 || before === undefined || last === undefined || !(before > 0) ? 0 : (before - last) / before;
}

/**
 * @internal Standard deviation of values about a course that is a line over any three of them, as a share of their mean: that of second
 * differences, which for independent noise is sqrt(6) times that of the noise.
 */
export function noiseOf(values: readonly number[]): number {
  const bends = values.slice(2).map((c, i) => c - 2 * (values[i + 1] as number) + (values[i] as number));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(bends.reduce((sum, x) => sum + x * x, 0) / bends.length / 6) / Math.abs(mean);
}
