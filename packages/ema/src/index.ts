export { type BufferRule, type BufferRules, updateAverage, type UpdateAverageOptions } from './average';
export { emaDecay, type EmaDecayOptions, type EmaWarmup } from './decay';
export { ema, type EmaOptions } from './ema';
