export { cosine, type CosineOptions } from './cosine';
export { linear, type LinearOptions } from './linear';
export { oneCycle, type OneCycleOptions } from './one-cycle';
export { plateau, type Plateau, type PlateauOptions, type PlateauState } from './plateau';
export { scale, type ScaleOptions } from './scale';
export { step, type StepOptions } from './step';
export { warmup, type WarmupOptions } from './warmup';
