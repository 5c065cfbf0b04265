export type { Advice, AdviceCode } from './advice';
export { advisor, type AdvisorOptions } from './advisor';
export { advise, type AdviseOptions } from './advise';
export { applyAdvice, type Change, type Operation } from './change';
export type { Configuration } from './configuration';
export type { Accuracies } from './evidence';
export { defaultThresholds, type Thresholds } from './options';
export { type Preset, presets, type Task } from './presets';
