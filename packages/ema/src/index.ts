export { type BufferRule, type BufferRules, updateAverage, type UpdateAverageOptions } from './average';
export { averagedStateDict, type AveragedStateDictOptions } from './averaged-state-dict';
export { emaDecay, type EmaDecayOptions, type EmaWarmup } from './decay';
export { ema, type EmaApi, type EmaOptions } from './ema';
export type { AverageEvaluation, AverageOptions } from './parts';
export { swa, type SwaOptions } from './swa';
