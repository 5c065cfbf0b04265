/** Checks of options that the techniques of this package share, beside those of core. */
import { checkNumber, checkOptions, type Progress } from '@parsimony/core';

/** @internal The default where an option is not given. null is no way to say so, and is refused like any other value. */
export const orDefault = <T>(value: T | undefined, byDefault: NoInfer<T>): T => (value === undefined ? byDefault : value);

/** @internal A place in a run; default step 0 of 1. */
export function checkProgress(where: string, progress: Progress | undefined): Progress {
  if (progress === undefined) return { step: 0, totalSteps: 1 };
  checkOptions(`${where}: progress`, progress, ['step', 'totalSteps']);
  checkNumber(`${where}: progress`, 'step', progress.step, { min: 0 });
  checkNumber(`${where}: progress`, 'totalSteps', progress.totalSteps, { min: 0 });
  return progress;
}
