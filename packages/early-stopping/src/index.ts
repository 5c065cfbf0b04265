export { earlyStopping, type EarlyStoppingOptions } from './early-stopping';
export { beginStopping, type Check, improvement, type StoppingOptions, type StoppingState } from './improvement';
