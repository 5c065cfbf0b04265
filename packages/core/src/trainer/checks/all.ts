/** The built-in checks. */
import { accumulation } from './accumulation';
import { batchNormUse } from './batch-norm-use';
import type { Check } from './check';
import { decay } from './decay';
import { dropoutBeforeBatchNorm } from './dropout-before-batch-norm';
import { dropoutPlacement } from './dropout-placement';
import { highDropRate } from './high-drop-rate';
import { pathWithoutResidual } from './path-without-residual';

/** Known from the model, the plugins and the settings, before any training. */
export const planChecks: readonly Check[] = [
  decay, accumulation, dropoutBeforeBatchNorm, dropoutPlacement, highDropRate, pathWithoutResidual, batchNormUse,
];
