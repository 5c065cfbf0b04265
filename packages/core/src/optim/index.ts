export { adagrad, type AdagradOptions } from './adagrad';
export { adam, type AdamOptions } from './adam';
export { adamw } from './adamw';
export {
  type CommonOptions, type DecayKind, defineOptimizer, type Optimizer, type OptimizerGroup, type OptimizerSpec,
  type OptimizerState, type OptimizerStep, type Rates,
} from './optimizer';
export { rmsprop, type RmspropOptions } from './rmsprop';
export { sgd, type SgdOptions } from './sgd';
