/** What is watched in evaluations, and where it is found. */
import { checkChoice, type EvalContext, type EvalResult, fail, type FitContext, show } from '@parsimony/core';

export interface MonitorOptions {
  /** `'loss'` or the name of a metric. Default `'loss'`. */
  readonly monitor?: string;
  /** Whether lower or higher is better. Default: `'max'` for the accuracy, `'min'` for the loss, calibration error and Brier score; to be given for others. */
  readonly mode?: 'min' | 'max';
  /** The evaluations that are checks. Default `'validation'`. */
  readonly split?: string;
}

/** The options with their defaults, checked. */
export interface Monitor extends Required<MonitorOptions> {
  /** In words. */
  readonly what: string;
}

/** @internal */
export const monitorOptions = ['monitor', 'mode', 'split'] as const;

const modes: Readonly<Record<string, 'min' | 'max'>> = { loss: 'min', accuracy: 'max', brierScore: 'min', expectedCalibrationError: 'min' };

/** @internal */
export function checkMonitor(where: string, options: MonitorOptions): Monitor {
  const { monitor = 'loss', split = 'validation' } = options;
  for (const [name, value] of [['monitor', monitor], ['split', split]] as const) {
    if (typeof value !== 'string' || value === '') fail('option', `${where}: \`${name}\` must be a name, received ${show(value)}.`);
  }
  const mode = options.mode ?? modes[monitor]
    ?? fail('option', `${where}: \`mode\` must be 'min' or 'max' for the metric '${monitor}', which may be better either way.`);
  return { monitor, split, mode: checkChoice(where, 'mode', mode, ['min', 'max']), what: `${split} ${monitor}` };
}

/** @internal Refuses a fit in which there is nothing to watch. */
export function checkWatched(where: string, { split, what }: Monitor, ctx: FitContext): void {
  if (split === 'validation' && ctx.data.validation === undefined) {
    fail('config', `${where}: it watches the ${what}, and the fit has no validation data. Give \`fit\` a \`validation\` set.`);
  }
}

/** @internal The value of an evaluation; undefined in those of another split. */
export function watchedValue(where: string, { monitor, split }: Monitor, ctx: EvalContext & { readonly result: EvalResult }): number | undefined {
  if (ctx.split !== split) return undefined;
  const values: Readonly<Record<string, number>> = { ...ctx.result.metrics, loss: ctx.result.loss };
  return values[monitor] ?? fail('config', `${where}: the evaluation of '${split}' has no '${monitor}'; it has: ${Object.keys(values).join(', ')}.`);
}
