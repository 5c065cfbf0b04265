export { adagrad, type AdagradOptions } from './adagrad';
export { adam, type AdamOptions } from './adam';
export { adamw } from './adamw';
export { lion, type LionOptions } from './lion';
export { muon, type MuonAdamwOptions, type MuonOptions } from './muon';
export { newtonSchulz, type NewtonSchulzOptions } from './newton-schulz';
export {
  type CommonOptions, type DecayKind, defineOptimizer, type Optimizer, type OptimizerGroup, type OptimizerSpec,
  type OptimizerState, type OptimizerStep, type Rates,
} from './optimizer';
export { rmsprop, type RmspropOptions } from './rmsprop';
export { kernelRule, type Update, type UpdateRule } from './rule';
export { sgd, type SgdOptions } from './sgd';
