/** Early stopping as a state machine: one monitored value in, the next state out. */
import { checkBoolean, checkChoice, checkNumber, checkOptions } from '@parsimony/core';

export interface StoppingOptions {
  /** Whether lower or higher is better. Default `'min'`. */
  readonly mode?: 'min' | 'max';
  /** By how much a value must be better than the best to count, 0 or more. Default 0. */
  readonly minDelta?: number;
  /** `minDelta` as it is, or times |best|. Default `'absolute'`. */
  readonly minDeltaMode?: 'absolute' | 'relative';
  /** Checks without improvement before the stop; at least one is needed, so 0 acts as 1. Default 10. */
  readonly patience?: number;
  /** Improvements that are not better than this do not reset the count. Default none. */
  readonly baseline?: number;
  /** Checks before this epoch (counted from 0) are ignored. Default 0. */
  readonly startEpoch?: number;
  /** Stop at once where the value is as good as this. Default none. */
  readonly target?: number;
  /** Stop at once where the value is worse than this. Default none. */
  readonly divergence?: number;
  /** Stop at once where the value is NaN or infinite; else it counts as no improvement. Default true. */
  readonly checkFinite?: boolean;
}

export type StoppingRule = Required<Omit<StoppingOptions, 'baseline' | 'target' | 'divergence'>> & Pick<StoppingOptions, 'baseline' | 'target' | 'divergence'>;

export interface Check {
  readonly value: number;
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
}

/** JSON, so that it can be saved. */
export interface StoppingState {
  /** Checks so far, without the ignored ones. */
  readonly checks: number;
  /** Checks since the last improvement that counted. */
  readonly wait: number;
  readonly best: Check | null;
  /** Why to stop; null: go on. */
  readonly stop: 'patience' | 'target' | 'divergence' | 'non-finite' | null;
}

/** Before the first check. */
export const beginStopping: StoppingState = { checks: 0, wait: 0, best: null, stop: null };

/** @internal */
export const stoppingOptions = ['mode', 'minDelta', 'minDeltaMode', 'patience', 'baseline', 'startEpoch', 'target', 'divergence', 'checkFinite'] as const;

/** @internal */
export function checkRule(where: string, options: StoppingOptions): StoppingRule {
  const optional = Object.fromEntries((['baseline', 'target', 'divergence'] as const)
    .flatMap((name) => (options[name] === undefined ? [] : [[name, checkNumber(where, name, options[name])]])));
  return {
    mode: checkChoice(where, 'mode', options.mode ?? 'min', ['min', 'max']),
    minDelta: checkNumber(where, 'minDelta', options.minDelta ?? 0, { min: 0 }),
    minDeltaMode: checkChoice(where, 'minDeltaMode', options.minDeltaMode ?? 'absolute', ['absolute', 'relative']),
    patience: checkNumber(where, 'patience', options.patience ?? 10, { min: 0, integer: true }),
    startEpoch: checkNumber(where, 'startEpoch', options.startEpoch ?? 0, { min: 0, integer: true }),
    checkFinite: checkBoolean(where, 'checkFinite', options.checkFinite ?? true),
    ...optional,
  };
}

/**
 * The state after one more check, and whether it was the best so far. A value is better where it beats the other by more than
 * `minDelta` (times |other| if relative). Stops when the checks without improvement reach max(1, patience).
 *
 * @param state - `beginStopping`, or what the last call returned.
 * @throws option: an unknown option or one out of range.
 * @see Prechelt, "Early Stopping - But When?", in Neural Networks: Tricks of the Trade (1998); Keras' `EarlyStopping`.
 * @example
 * ```ts
 * import { beginStopping, improvement } from '@parsimony/early-stopping';
 * let state = beginStopping;
 * for (const [epoch, value] of [0.9, 0.5, 0.6, 0.7].entries()) {
 *   ({ state } = improvement(state, { value, epoch, step: epoch }, { patience: 2 }));
 * }
 * state.stop; // => 'patience'
 * state.best?.epoch; // => 1
 * ```
 */
export function improvement(state: StoppingState, check: Check, options: StoppingOptions = {}): { readonly state: StoppingState; readonly improved: boolean } {
  checkOptions('improvement', options, stoppingOptions);
  return advance(state, check, checkRule('improvement', options));
}

/** @internal `improvement` under a rule that was checked before. */
export function advance(state: StoppingState, check: Check, rule: StoppingRule): { readonly state: StoppingState; readonly improved: boolean } {
  if (check.epoch < rule.startEpoch) return { state, improved: false };
  const { value } = check;
  const finite = Number.isFinite(value);
  const improved = finite && (state.best === null || better(value, state.best.value, rule));
  const counts = improved && (rule.baseline === undefined || better(value, rule.baseline, rule));
  const wait = counts ? 0 : state.wait + 1;
  return {
    improved,
    state: { checks: state.checks + 1, wait, best: improved ? check : state.best, stop: reason(value, wait, rule) },
  };
}

const sign = ({ mode }: StoppingRule): number => (mode === 'min' ? 1 : -1);

function better(value: number, than: number, rule: StoppingRule): boolean {
  const delta = rule.minDeltaMode === 'relative' ? rule.minDelta * Math.abs(than) : rule.minDelta;
  return sign(rule) * (than - value) > delta;
}

function reason(value: number, wait: number, rule: StoppingRule): StoppingState['stop'] {
  if (!Number.isFinite(value)) return rule.checkFinite ? 'non-finite' : wait >= Math.max(1, rule.patience) ? 'patience' : null;
  if (rule.target !== undefined && sign(rule) * (value - rule.target) <= 0) return 'target';
  if (rule.divergence !== undefined && sign(rule) * (value - rule.divergence) > 0) return 'divergence';
  return wait >= Math.max(1, rule.patience) ? 'patience' : null;
}
