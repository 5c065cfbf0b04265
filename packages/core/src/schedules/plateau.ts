/** Reduction on a plateau: driven by a metric instead of the step, so it keeps a state. */
import { checkChoice, checkNumber, checkOptions } from '../options';

export interface PlateauOptions {
  /** 'min' where smaller is better. Default 'min'. */
  readonly mode?: 'min' | 'max';
  /** New scale = old * factor, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** Checks without improvement that are let pass. Default 10. */
  readonly patience?: number;
  /** Size an improvement must have. Default 1e-4. */
  readonly threshold?: number;
  /** 'rel': better than best * (1 -+ threshold); 'abs': than best -+ threshold. Default 'rel'. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Checks after a reduction that do not count. Default 0. */
  readonly cooldown?: number;
  /** The scale never falls below. In [0, 1]. Default 0. */
  readonly minScale?: number;
}

export interface PlateauState {
  /** Best value so far; null before the first check. */
  readonly best: number | null;
  readonly badChecks: number;
  readonly cooldownLeft: number;
  /** What the learning rate is to be multiplied by. */
  readonly scale: number;
}

export interface Plateau {
  /** With their defaults. */
  readonly options: Required<PlateauOptions>;
  readonly initial: PlateauState;
  /** The state after one more check of the metric. */
  update(state: PlateauState, metric: number): PlateauState;
}

/**
 * PyTorch's `ReduceLROnPlateau` as a pure state machine: when more than `patience` checks in a row bring no improvement, the
 * scale is multiplied by `factor`. A metric that is not finite counts as no improvement.
 *
 * @param where - Who asks, for errors.
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { schedules } from '@parsimony/core';
 * const plateau = schedules.plateau({ patience: 1, factor: 0.5 });
 * let state = plateau.initial;
 * for (const loss of [1, 1, 1]) state = plateau.update(state, loss);
 * state.scale; // => 0.5
 * ```
 */
export function plateau(options: PlateauOptions = {}, where = 'schedules.plateau'): Plateau {
  checkOptions(where, options, ['mode', 'factor', 'patience', 'threshold', 'thresholdMode', 'cooldown', 'minScale']);
  const mode = checkChoice(where, 'mode', options.mode ?? 'min', ['min', 'max']);
  const thresholdMode = checkChoice(where, 'thresholdMode', options.thresholdMode ?? 'rel', ['rel', 'abs']);
  const factor = checkNumber(where, 'factor', options.factor ?? 0.1, { min: 0, max: 1, minExclusive: true, maxExclusive: true });
  const patience = checkNumber(where, 'patience', options.patience ?? 10, { min: 0, integer: true });
  const threshold = checkNumber(where, 'threshold', options.threshold ?? 1e-4, { min: 0 });
  const cooldown = checkNumber(where, 'cooldown', options.cooldown ?? 0, { min: 0, integer: true });
  const minScale = checkNumber(where, 'minScale', options.minScale ?? 0, { min: 0, max: 1 });

  const better = (metric: number, best: number | null): boolean => {
    if (!Number.isFinite(metric)) return false;
    if (best === null) return true;
    const margin = thresholdMode === 'rel' ? threshold * best : threshold;
    return mode === 'min' ? metric < best - margin : metric > best + margin;
  };
  return {
    options: { mode, factor, patience, threshold, thresholdMode, cooldown, minScale },
    initial: { best: null, badChecks: 0, cooldownLeft: 0, scale: 1 },
    update: (state, metric) => {
      const improved = better(metric, state.best);
      const cooling = state.cooldownLeft > 0;
      const bad = improved || cooling ? 0 : state.badChecks + 1;
      const reduce = bad > patience;
      return {
        best: improved ? metric : state.best,
        badChecks: reduce ? 0 : bad,
        cooldownLeft: reduce ? cooldown : Math.max(0, state.cooldownLeft - 1),
        scale: reduce ? Math.max(state.scale * factor, minScale) : state.scale,
      };
    },
  };
}
