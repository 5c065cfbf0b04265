/** What penalties on weights share, as functions without a Trainer. */
import { checkOptions, checkTensors, evaluateSchedule, ops, type Params, type Progress, scalar, type Scalar, type Schedule, scope, strength, type Tensor } from '@parsimony/core';
import { checkProgress, orDefault } from './options';
import { checkSelection, type FactorOptions, select } from './selection';

/** A function has no Trainer to ask where the run is. */
export interface PenaltyCall {
  /** For a scheduled strength. Default: step 0 of 1. */
  readonly progress?: Progress;
}

interface PenaltyOptions extends FactorOptions, PenaltyCall {
  readonly lambda?: Schedule;
}

/** @internal The strength at a place of a run. `name`: of the option. */
export function lambdaAt(where: string, { lambda, progress }: PenaltyOptions, byDefault: number, name = 'lambda'): number {
  const at = checkProgress(where, progress);
  return strength(where, name, orDefault(lambda, byDefault), { min: 0 }).at({ at: (schedule) => evaluateSchedule(schedule, at) });
}

/** @internal The sum of a function of each selected parameter, times its strength, which the options call `name`. */
export function penalty(where: string, params: Params, options: PenaltyOptions, byDefault: number, of: (w: Tensor) => Tensor, name?: string): Scalar {
  checkOptions(where, options, ['lambda', 'exclude', 'include', 'factors', 'progress']);
  const lambda = lambdaAt(where, options, byDefault, name);
  checkTensors(where, 'params', params);
  const selected = select(where, params, checkSelection(where, options), 'penalized');
  return scope(() => {
    const terms = selected.flatMap(({ path, factor }) => {
      const w = params[path];
      return w && factor * lambda > 0 ? [ops.mul(of(w), factor * lambda)] : [];
    });
    return (terms.length === 0 ? scalar(0) : terms.reduce((a, b) => ops.add(a, b))) as Scalar;
  });
}
