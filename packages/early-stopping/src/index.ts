export { earlyStopping, type EarlyStoppingOptions } from './early-stopping';
export type { MonitorOptions } from './monitor';
export { reduceOnPlateau, type ReduceOnPlateauOptions } from './reduce-on-plateau';
export { beginStopping, type Check, improvement, type StoppingOptions, type StoppingState } from './improvement';
